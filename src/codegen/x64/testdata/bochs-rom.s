# The ROM of an emulated PC that runs kernels. It starts at reset, goes to 64-bit mode with AVX-512 turned on, calls kernels as
# the records at 16 MiB say, and stops with a magic breakpoint (xchg bx, bx), at which Bochs's debugger writes memory to a file.
# At 16 MiB: the number of records, how many blocks of memory are used, a word that becomes 1 when all kernels have returned and
# kept their caller's registers, 0; then for each record the address of a kernel, the arena's address, args, begin, end, scratch,
# 0, 0.

        .set    rom, 0xf0000
        .set    records, 0x1000000
        .set    block, 0x20000

        .code16
start:  cli
        cld
        movw    $0xf000, %ax
        movw    %ax, %ds
        lgdtl   gdtr
        movl    %cr0, %eax
        orl     $1, %eax
        movl    %eax, %cr0
        ljmpl   $8, $(rom + protected)

        .balign 8
gdt:    .quad   0
        .quad   0x00cf9a000000ffff      # 8: 32-bit code
        .quad   0x00cf92000000ffff      # 16: data
        .quad   0x00af9a000000ffff      # 24: 64-bit code
gdtr:   .word   31
        .long   rom + gdt

        .code32
protected:
        movw    $16, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
# Bochs gives guest memory its blocks in the order of their first use, and loads images as if they followed each other.
        movl    $records, %edi
        movl    4(%edi), %ecx
touch:  movl    (%edi), %eax
        addl    $block, %edi
        decl    %ecx
        jnz     touch
# Page tables at 64 KiB: the first GiB at its own address, in pages of 2 MiB.
        movl    $0x10000, %edi
        xorl    %eax, %eax
        movl    $0xc00, %ecx
        rep stosl
        movl    $0x11003, 0x10000
        movl    $0x12003, 0x11000
        movl    $0x12000, %edi
        movl    $0x83, %eax
        movl    $512, %ecx
page:   movl    %eax, (%edi)
        addl    $0x200000, %eax
        addl    $8, %edi
        decl    %ecx
        jnz     page
        movl    $0x10000, %eax
        movl    %eax, %cr3
        movl    %cr4, %eax
        orl     $0x40620, %eax          # PAE, OSFXSR, OSXMMEXCPT, OSXSAVE
        movl    %eax, %cr4
        movl    $0xc0000080, %ecx       # EFER.LME
        rdmsr
        orl     $0x100, %eax
        wrmsr
        movl    %cr0, %eax
        andl    $0xfffffffb, %eax
        orl     $0x80000002, %eax
        movl    %eax, %cr0
        ljmpl   $24, $(rom + long)

        .code64
long:   xorl    %ecx, %ecx
        xorl    %edx, %edx
        movl    $0xe7, %eax             # x87, XMM, YMM, opmasks, ZMM
        xsetbv
        movl    $0x8000, %esp
        movl    $records, %ebx
        movl    (%rbx), %r12d
        leaq    16(%rbx), %r13
        movl    $0x5ca1ab1e, %ebp
        leaq    1(%rbp), %r14
        leaq    2(%rbp), %r15
kernel: testl   %r12d, %r12d
        jz      done
        movl    (%r13), %eax
        movl    4(%r13), %edi
        movl    8(%r13), %esi
        movl    12(%r13), %edx
        movl    16(%r13), %ecx
        movl    20(%r13), %r8d
        callq   *%rax
        cmpl    $records, %ebx
        jne     stop
        cmpl    $0x5ca1ab1e, %ebp
        jne     stop
        subq    %rbp, %r14
        cmpq    $1, %r14
        jne     stop
        subq    %rbp, %r15
        cmpq    $2, %r15
        jne     stop
        addq    %rbp, %r14
        addq    %rbp, %r15
        addq    $32, %r13
        decl    %r12d
        jmp     kernel
done:   movl    $1, 8(%rbx)
stop:   xchgw   %bx, %bx
        hlt
        jmp     stop

        .org    0xfff0
        .code16
        ljmp    $0xf000, $start
        .org    0xffff
        .byte   0
