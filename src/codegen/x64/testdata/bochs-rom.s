# The ROM of an emulated PC that runs kernels and prints memory. It starts at reset, goes to 64-bit mode with AVX-512 turned
# on, calls a kernel as the records at 16 MiB say, writes the bytes of memory to port E9 as letters, and turns the PC off.
# At 16 MiB: the number of records, address and length of what is printed, 0; then for each record the address of a kernel,
# the arena's address, args, begin, end, scratch, 0, 0.

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
        movl    $40, %ecx
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
kernel: testl   %r12d, %r12d
        jz      print
        movl    (%r13), %eax
        movl    4(%r13), %edi
        movl    8(%r13), %esi
        movl    12(%r13), %edx
        movl    16(%r13), %ecx
        movl    20(%r13), %r8d
        callq   *%rax
        addq    $32, %r13
        decl    %r12d
        jmp     kernel
print:  movl    4(%rbx), %esi
        movl    8(%rbx), %ecx
        movb    $'<', %al
        outb    %al, $0xe9
byte:   testl   %ecx, %ecx
        jz      off
        movb    (%rsi), %al
        movb    %al, %dl
        shrb    $4, %al
        addb    $'a', %al
        outb    %al, $0xe9
        movb    %dl, %al
        andb    $15, %al
        addb    $'a', %al
        outb    %al, $0xe9
        incq    %rsi
        decl    %ecx
        jmp     byte
off:    movb    $'>', %al
        outb    %al, $0xe9
        movw    $0x8900, %dx
        leaq    word(%rip), %rsi
        movl    $8, %ecx
last:   lodsb
        outb    %al, %dx
        decl    %ecx
        jnz     last
stop:   hlt
        jmp     stop
word:   .ascii  "Shutdown"

        .org    0xfff0
        .code16
        ljmp    $0xf000, $start
        .org    0xffff
        .byte   0
