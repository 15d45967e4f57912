/** The kinds of arguments that a kernel can declare, and what its function gets for each. */
import type { Operand } from "./arithmetic.ts";
import type { Builder } from "./builder.ts";
import type { ArgumentWord, Node } from "./node.ts";
import type { ScalarType, Storage } from "./type.ts";
import type { View } from "./view.ts";

/** A kind of argument: the words that it takes in the block, and how a kernel sees them. */
export interface ArgumentKind<T> {
  readonly words: readonly { readonly suffix: string; readonly type: ScalarType }[];
  readonly open: (k: Builder, words: readonly Node[]) => T;
}

/** A matrix in memory, or a tensor of any rank as rows and their number. */
export interface Rows extends View {
  /** Elements from one row to the next. */
  readonly pitch: Node;
  row(index: Operand): View;
}

/** Argument kinds by name. */
export type Signature = Readonly<Record<string, ArgumentKind<unknown>>>;

/** What a kernel function gets for its signature. */
export type Arguments<S extends Signature> = {
  readonly [K in keyof S]: S[K] extends ArgumentKind<infer T> ? T : never;
};

const pointer = { suffix: "", type: "i32" } as const;

/** Rows with a pitch of their own: a pointer and the elements from one row to the next. */
export function rows(storage: Storage = "f32"): ArgumentKind<Rows> {
  return {
    words: [pointer, { suffix: "Pitch", type: "i32" }],
    open: (k, [base, pitch]) => {
      const view = { pointer: base as Node, storage };
      return { ...view, pitch: pitch as Node, row: (index) => k.viewAt(view, k.imul(k.integer(index), pitch as Node)) };
    },
  };
}

/** Elements one after another. */
export function vector(storage: Storage = "f32"): ArgumentKind<View> {
  return { words: [pointer], open: (_, [base]) => ({ pointer: base as Node, storage }) };
}

/** A count or an extent. */
export function size(): ArgumentKind<Node> {
  return { words: [{ suffix: "", type: "i32" }], open: (_, [value]) => value as Node };
}

/** An f32 that is the same for all items. */
export function number(): ArgumentKind<Node> {
  return { words: [{ suffix: "", type: "f32" }], open: (_, [value]) => value as Node };
}

/** The words of a signature, in order. */
export function wordsOf(signature: Signature): ArgumentWord[] {
  return Object.entries(signature).flatMap(([name, kind]) =>
    kind.words.map(({ suffix, type }) => ({ name: name + suffix, type })),
  );
}

/** The arguments as a kernel function sees them. */
export function openArguments<S extends Signature>(k: Builder, signature: S): Arguments<S> {
  let word = 0;
  const opened = Object.entries(signature).map(([name, kind]) => {
    const nodes = kind.words.map(({ type }) => k.node("argument", [], { word: word++ }, type));
    return [name, kind.open(k, nodes)];
  });
  return Object.fromEntries(opened) as Arguments<S>;
}

/** Panels of a packed matrix: `width` elements for each step along the depth, one panel after another. */
export interface Panels extends View {
  /** Panel `index` of a matrix of this depth, indexed by step and then by the strides inside one. */
  panel(index: Operand, shape: PanelShape): View;
}

/** The extents of a panel, in elements. */
export interface PanelShape {
  readonly depth: Node;
  /** Elements of one step. */
  readonly width: Operand;
  /** From one part of a step to the next. */
  readonly inner: Operand;
}

/** A packed matrix. */
export function panels(storage: Storage = "f32"): ArgumentKind<Panels> {
  return {
    words: [pointer],
    open: (k, [base]) => {
      const view = { pointer: base as Node, storage };
      return {
        ...view,
        panel(index, { depth, width, inner }) {
          const first = k.imul(k.imul(k.integer(index), k.integer(width)), depth);
          return { ...k.viewAt(view, first), strides: [width, inner] };
        },
      };
    },
  };
}

/** A tensor with a stride for each outer dimension; its innermost elements are side by side, or one for all. */
export interface Strided extends View {
  readonly outer: readonly Node[];
}

/** A tensor by its pointer and `rank` strides, in elements, outermost first. 0 repeats a dimension. */
export function strided(rank: number, storage: Storage = "f32"): ArgumentKind<Strided> {
  const strides = Array.from({ length: rank }, (_, d) => ({ suffix: `Stride${d}`, type: "i32" }) as const);
  return {
    words: [pointer, ...strides],
    open: (_, [base, ...outer]) => ({ pointer: base as Node, storage, outer }),
  };
}
