import type { Arguments, Signature } from "../../ir/arguments.ts";
import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import { multiply, panelsBeside, storeTile } from "../matmul/multiply.ts";
import type { CellForm, CellInputs, CellName } from "./cells.ts";
import { resetGate, stepOf } from "./cells.ts";

/** Gates of each cell. */
export const gatesOf: Readonly<Record<CellName, number>> = { lstm: 4, gru: 3, rnn: 1 };

export interface Recurrent extends CellForm {
  readonly mr: number;
  readonly nv: number;
  readonly span: number;
  readonly hasPeepholes: boolean;
  readonly hasCandidateBias: boolean;
  /** Whether each sequence has a length of its own; then mr is 1. */
  readonly hasLengths: boolean;
  readonly hasOutput: boolean;
  /** Whether h and c begin with h0 and c0; else with zeros. */
  readonly hasInitialH: boolean;
  readonly hasInitialC: boolean;
}

const signatureOf = (_: Recurrent) =>
  ({
    ...{ x: vector(), r: vector(), sums: vector(), reset: vector(), y: vector(), h: vector(), c: vector() },
    ...{
      h0: vector(),
      c0: vector(),
      peepholes: vector(),
      bias: vector(),
      lengths: vector("i32"),
      fault: vector("i32"),
    },
    ...{
      steps: size(),
      batch: size(),
      hidden: size(),
      gatePanels: size(),
      yStep: size(),
      reverse: size(),
      firstRow: size(),
    },
  }) satisfies Signature;

type Words = Arguments<ReturnType<typeof signatureOf>>;

/** The mr sequences of one item. */
interface Item {
  readonly options: Recurrent;
  readonly args: Words;
  readonly row: Node;
  /** Elements of the sums of one sequence, and of one gate of them. */
  readonly pitch: Node;
  readonly gateWidth: Node;
  readonly sums: View;
}

/**
 * One direction of a recurrent layer. x is w·x for all times, [steps][batch][gates][hidden]; r has panels of nv · lanes columns, `gatePanels` for each gate. h and c
 * [batch][hidden] hold the states and are left as they are at the end; y has `yStep` elements from one time to the next; sums has room for gates · gatePanels
 * panels of every sequence, reset for [batch][hidden]. `reverse` is 1 to go from the end. An item is mr sequences, from number `firstRow` on.
 */
export const recurrent = kernel("recurrent", (options: Recurrent) => ({
  signature: signatureOf(options),
  build(k: Builder, args: Words) {
    const gateWidth = k.imul(args.gatePanels, k.imul(options.nv, k.lanes));
    const pitch = k.imul(gateWidth, gatesOf[options.cell]);
    k.items((number) => {
      const row = k.iadd(args.firstRow, k.imul(number, options.mr));
      const item: Item = { options, args, row, pitch, gateWidth, sums: k.viewAt(args.sums, k.imul(row, pitch)) };
      begin(k, item);
      const count = options.hasLengths ? lengthOf(k, args, row) : args.steps;
      k.loop(0, count, 1, (t) => {
        const at = k.select(args.reverse, k.isub(k.isub(count, 1), t), t);
        step(k, item, at);
      });
      if (options.hasLengths && options.hasOutput) {
        k.loop(count, args.steps, 1, (t) => {
          const to = outputRow(k, item, { at: t, i: k.integer(0) });
          k.vectors(args.hidden, (j, part) => k.store(to, j, 0, part));
        });
      }
    });
  },
}));

/** The length of a sequence, kept within what there is; `fault` has a word for each sequence that says whether it had to be. */
function lengthOf(k: Builder, { lengths, steps, fault }: Words, row: Node): Node {
  const given = k.loadScalar(lengths, row);
  const length = k.imin(k.imax(given, 0), steps);
  k.storeScalar(fault, row, k.ne(length, given));
  return length;
}

const outputRow = (k: Builder, { args, row }: Item, { at, i }: Pick<Units, "at" | "i">): View =>
  k.viewAt(args.y, k.iadd(k.imul(at, args.yStep), k.imul(k.iadd(row, i), args.hidden)));

/** The state of sequence i of the item. */
const stateRow = (
  k: Builder,
  { args, row }: Item,
  { state, i }: { readonly state: View; readonly i: Node | number },
): View => k.viewAt(state, k.imul(k.iadd(row, i), args.hidden));

function begin(k: Builder, item: Item): void {
  const { options, args } = item;
  const { mr, cell, hasInitialH, hasInitialC } = options;
  const states = [
    { from: args.h0, to: args.h, given: hasInitialH },
    ...(cell === "lstm" ? [{ from: args.c0, to: args.c, given: hasInitialC }] : []),
  ];
  for (const { from, to, given } of states) {
    const [source, target] = [stateRow(k, item, { state: from, i: 0 }), stateRow(k, item, { state: to, i: 0 })];
    k.vectors(k.imul(mr, args.hidden), (j, part) => k.store(target, j, given ? k.load(source, j, part) : 0, part));
  }
}

function step(k: Builder, item: Item, at: Node): void {
  const { options, args } = item;
  const { mr, cell, linearBeforeReset } = options;
  const states = stateRow(k, item, { state: args.h, i: 0 });
  const perGate = args.gatePanels;
  if (cell !== "gru" || linearBeforeReset) {
    multiplyState(k, item, { rows: states, first: k.integer(0), end: k.imul(perGate, gatesOf[cell]) });
  } else {
    multiplyState(k, item, { rows: states, first: k.integer(0), end: k.imul(perGate, 2) });
    k.loop(0, mr, 1, (i) => {
      const to = stateRow(k, item, { state: args.reset, i });
      k.vectors(args.hidden, (j, part) => {
        const inputs = inputsOf(k, item, { at, i, j, part });
        k.store(to, j, k.mul(resetGate(k, options, inputs), inputs.h), part);
      });
    });
    const rows = stateRow(k, item, { state: args.reset, i: 0 });
    multiplyState(k, item, { rows, first: k.imul(perGate, 2), end: k.imul(perGate, 3) });
  }
  k.loop(0, mr, 1, (i) => {
    const [h, c] = [stateRow(k, item, { state: args.h, i }), stateRow(k, item, { state: args.c, i })];
    const output = outputRow(k, item, { at, i });
    k.vectors(args.hidden, (j, part) => {
      const next = stepOf[cell](k, options, inputsOf(k, item, { at, i, j, part }));
      k.store(h, j, next.h, part);
      if (next.c) k.store(c, j, next.c, part);
      if (options.hasOutput) k.store(output, j, next.h, part);
    });
  });
}

interface Units {
  readonly at: Node;
  readonly i: Node;
  readonly j: Node;
  readonly part: Node;
}

function inputsOf(k: Builder, item: Item, { at, i, j, part }: Units): CellInputs {
  const { options, args, row, pitch, gateWidth, sums } = item;
  const width = k.imul(args.hidden, gatesOf[options.cell]);
  const input = k.viewAt(args.x, k.imul(k.iadd(k.imul(at, args.batch), k.iadd(row, i)), width));
  const own = k.viewAt(sums, k.imul(i, pitch));
  const beside = (view: View, gate: number): Node => k.load(view, k.iadd(k.imul(args.hidden, gate), j), part);
  return {
    input: (gate) => beside(input, gate),
    recurrent: (gate) => k.load(own, k.iadd(k.imul(gateWidth, gate), j), part),
    h: k.load(stateRow(k, item, { state: args.h, i }), j, part),
    c: options.cell === "lstm" ? k.load(stateRow(k, item, { state: args.c, i }), j, part) : undefined,
    peephole: (gate) => (options.hasPeepholes ? beside(args.peepholes, gate) : undefined),
    candidateBias: () => (options.hasCandidateBias ? k.load(args.bias, j, part) : undefined),
  };
}

interface StateProduct {
  readonly rows: View;
  readonly first: Node;
  readonly end: Node;
}

/** Panels `first` to `end` of the sums become rows · r. */
function multiplyState(k: Builder, item: Item, { rows, first, end }: StateProduct): void {
  const { options, args, sums, pitch } = item;
  const { nv, span } = options;
  const width = k.imul(nv, k.lanes);
  const apart = k.imul(args.hidden, width);
  const go = (q: Node, count: number): void => {
    const panels = panelsBeside(k, { view: k.viewAt(args.r, k.imul(q, apart)), pitch: width, apart, count });
    multiply(k, options, { rows, rowPitch: args.hidden, depth: args.hidden, panels }).forEach((tile, s) => {
      storeTile(k, tile, { to: k.viewAt(sums, k.imul(k.iadd(q, s), width)), pitch });
    });
  };
  const together = k.iadd(first, k.and(k.isub(end, first), -span));
  if (span > 1) k.loop(first, together, span, (q) => go(q, span));
  k.loop(span > 1 ? together : first, end, 1, (q) => go(q, 1));
}
