import { cursorRecord, nativeContext, stepRecord } from "../../ir/driver-layout.ts";
import { Assembler } from "./assembler.ts";
import type { Label } from "./operand.ts";
import { mem } from "./operand.ts";
import type { Reg } from "./registers.ts";
import { gpr, rax, rbp, rbx, rcx, rdi, rdx, rsi, rsp, vec } from "./registers.ts";

/** How the system's functions call each other: System V's way (Linux, macOS), or that of Windows. */
export type Abi = "sysv" | "win64";

const [r8, r12, r13, r14, r15] = [gpr(8), gpr(12), gpr(13), gpr(14), gpr(15)];

/** What the driver keeps while kernels run; all are registers that kernels give back. */
const arena = rbx;
const context = rbp;
const cursor = r12;
const record = r13;
const item = r14;
const end = r15;

interface Frame {
  readonly context: Reg;
  readonly saved: readonly Reg[];
  /** Vector registers whose low 16 bytes the caller wants back. */
  readonly savedVectors: readonly number[];
}

const kept = [rbx, rbp, r12, r13, r14, r15];

const frames: Readonly<Record<Abi, Frame>> = {
  sysv: { context: rdi, saved: kept, savedVectors: [] },
  win64: { context: rcx, saved: [...kept, rdi, rsi], savedVectors: [6, 7, 8, 9, 10, 11, 12, 13, 14, 15] },
};

/** Bytes below the saved registers: the vectors, and 8 that make rsp a multiple of 16 where kernels are called. */
const frameBytes = ({ savedVectors }: Frame): number => 16 * savedVectors.length + 8;

/**
 * The driver of a native host, `int entry(context, unused)` as `driver-layout` describes it; it returns 0. Kernels are called with the arena's
 * address in rdi, and in esi, edx, ecx and r8d the arguments, the first and last item, and the scratch; they give back rbx, rbp, rsp and r12 to r15,
 * and may use all other registers, vectors and masks included. rsp is a multiple of 16 before the call.
 */
export function driver({ abi }: { readonly abi: Abi }): Assembler {
  const code = new Assembler();
  const frame = frames[abi];
  enter(code, frame);
  const [steps, done] = [code.label(), code.label()];
  start(code, frame);
  code.align(16);
  code.bind(steps);
  code.emit("mov", {}, rax, mem(cursor, cursorRecord.step));
  code.emit("cmp", {}, rax, mem(context, nativeContext.count));
  code.jcc("ge", done);
  itemsOfStep(code, done);
  code.emit("xor", {}, item, item);
  code.emit("mov", {}, mem(cursor, cursorRecord.item), item);
  code.emit("inc", {}, mem(cursor, cursorRecord.step));
  code.emit("add", { width: 64 }, record, stepRecord.bytes);
  code.jmp(steps);
  code.bind(done);
  leave(code, frame);
  return code;
}

function enter(code: Assembler, frame: Frame): void {
  for (const register of frame.saved) code.emit("push", {}, register);
  code.emit("sub", { width: 64 }, rsp, frameBytes(frame));
  frame.savedVectors.forEach((id, at) => {
    code.emit("vmovups", { width: 128 }, mem(rsp, 16 * at), vec(id));
  });
}

/** Puts addresses into registers: of the arena, the cursor, and the step's record. */
function start(code: Assembler, frame: Frame): void {
  code.emit("mov", { width: 64 }, context, frame.context);
  code.emit("mov", { width: 64 }, arena, mem(context, nativeContext.base));
  code.emit("mov", {}, cursor, mem(context, nativeContext.cursor));
  code.emit("add", { width: 64 }, cursor, arena);
  code.emit("mov", {}, item, mem(cursor, cursorRecord.item));
  code.emit("mov", {}, record, mem(cursor, cursorRecord.step));
  code.emit("shl", { width: 64 }, record, Math.log2(stepRecord.bytes));
  code.emit("mov", {}, rax, mem(context, nativeContext.steps));
  code.emit("add", { width: 64 }, record, rax);
  code.emit("add", { width: 64 }, record, arena);
}

/** Calls the kernel in chunks until the step's items are done, the budget is used up, or the abort word is set. */
function itemsOfStep(code: Assembler, done: Label): void {
  const [chunks, next] = [code.label(), code.label()];
  code.bind(chunks);
  code.emit("mov", {}, rcx, mem(record, stepRecord.items));
  code.emit("sub", {}, rcx, item);
  code.jcc("le", next);
  code.emit("cmp", {}, mem(cursor, cursorRecord.budget), 0);
  code.jcc("le", done);
  code.emit("cmp", {}, mem(cursor, cursorRecord.abort), 0);
  code.jcc("ne", done);
  code.emit("mov", {}, end, mem(record, stepRecord.chunk));
  code.emit("cmp", {}, rcx, end);
  code.emit("cmovl", {}, end, rcx);
  code.emit("add", {}, end, item);
  callKernel(code);
  code.emit("mov", {}, item, end);
  code.emit("mov", {}, mem(cursor, cursorRecord.item), item);
  code.emit("dec", {}, mem(cursor, cursorRecord.budget));
  code.jmp(chunks);
  code.bind(next);
}

function callKernel(code: Assembler): void {
  code.emit("mov", {}, rax, mem(record, stepRecord.entry));
  code.emit("add", { width: 64 }, rax, mem(context, nativeContext.code));
  code.emit("mov", { width: 64 }, rdi, arena);
  code.emit("mov", {}, rsi, mem(record, stepRecord.args));
  code.emit("mov", {}, rdx, item);
  code.emit("mov", {}, rcx, end);
  code.emit("mov", {}, r8, mem(context, nativeContext.scratch));
  code.emit("call", {}, rax);
}

function leave(code: Assembler, frame: Frame): void {
  code.emit("vzeroupper", {});
  frame.savedVectors.forEach((id, at) => {
    code.emit("vmovups", { width: 128 }, vec(id), mem(rsp, 16 * at));
  });
  code.emit("add", { width: 64 }, rsp, frameBytes(frame));
  for (const register of frame.saved.toReversed()) code.emit("pop", {}, register);
  code.emit("xor", {}, rax, rax);
  code.emit("ret", {});
}
