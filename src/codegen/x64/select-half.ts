/** f16 in memory as f32 in registers, and back, rounded to nearest even. A scalar is converted as four lanes of which one counts. */
import type { Node } from "../../ir/node.ts";
import { formOf } from "../../ir/type.ts";
import type { Argument } from "./machine-op.ts";
import { from, to } from "./machine-op.ts";
import type { Selector } from "./selector.ts";

/** The f32 that the low halves of a register stand for. */
export function widenHalves(s: Selector, node: Node, halves: number): void {
  s.op("vcvtph2ps", { width: s.bitsOf(node.type) }, to(s.define(node)), from(halves));
}

/** A vector, quad or scalar of f16. */
export function readHalves(s: Selector, node: Node): void {
  const at = s.address(node);
  if (formOf(node.type) !== "scalar") {
    s.op("vcvtph2ps", { width: s.bitsOf(node.type) }, to(s.define(node)), at);
    return;
  }
  const [element, halves] = [s.builder.vreg("gpr"), s.builder.vreg("vec")];
  s.op("movzx", { width: 16 }, to(element), at);
  s.op("vmovd", {}, to(halves), from(element));
  widenHalves(s, node, halves);
}

/** One f16 in all lanes. */
export function splatHalf(s: Selector, node: Node): void {
  const halves = s.builder.vreg("vec");
  const width = Math.max(128, s.bitsOf(node.type) / 2);
  s.op("vpbroadcastw", { width }, to(halves), { ...s.address(node), broadcast: false });
  widenHalves(s, node, halves);
}

const toNearestEven = 0;

/** The f16 of a value side by side from a register's start. */
export function narrowToHalves(s: Selector, value: Node): number {
  const width = s.bitsOf(value.type);
  const halves = s.builder.vreg("vec");
  s.op("vcvtps2ph", { width }, to(halves), from(s.valueOf(value)), toNearestEven);
  return halves;
}

/** Stores a vector, quad or scalar as f16. */
export function writeHalves(s: Selector, value: Node, at: Argument): void {
  if (formOf(value.type) === "scalar") {
    s.op("vpextrw", {}, at, from(narrowToHalves(s, value)), 0);
    return;
  }
  const width = s.bitsOf(value.type);
  s.op("vcvtps2ph", { width }, at, from(s.valueOf(value)), toNearestEven);
}
