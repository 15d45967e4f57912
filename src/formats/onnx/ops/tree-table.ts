import { treeNodeModes, treeNodeSize } from "../../../ops/tree-ensemble.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { tensor } from "../../../tensor/tensor.ts";

type Mode = (typeof treeNodeModes)[keyof typeof treeNodeModes];

/** A node whose children are rows of the table; `split` is what the feature is compared with. */
export interface Branch {
  readonly mode: Mode;
  readonly feature: number;
  readonly split: number;
  readonly isTrue: number;
  readonly isFalse: number;
  readonly nanIsTrue: boolean;
}

export interface LeafWeight {
  readonly target: number;
  readonly weight: number;
}

/** Collects the rows of the operands of `treeEnsemble`. */
export class TreeTable {
  readonly #rows: number[] = [];
  readonly #splits: number[] = [];
  readonly #weights: LeafWeight[] = [];

  get size(): number {
    return this.#splits.length;
  }

  /** Adds a branch and returns its row. */
  branch({ mode, feature, split, isTrue, isFalse, nanIsTrue }: Branch): number {
    return this.#add([mode, feature, isTrue, isFalse, nanIsTrue ? 1 : 0], split);
  }

  /** Adds a leaf and returns its row. */
  leaf(weights: readonly LeafWeight[]): number {
    const first = this.#weights.length;
    this.#weights.push(...weights);
    return this.#add([treeNodeModes.leaf, 0, first, this.#weights.length, 0], 0);
  }

  /** The operands `nodes`, `splits`, `targets` and `weights`. Throws FormatError where a branch leads nowhere. */
  tensors(): {
    readonly nodes: Tensor;
    readonly splits: Float64Array;
    readonly targets: Tensor;
    readonly weights: Float64Array;
  } {
    const count = this.size;
    for (let row = 0; row < count; row++) {
      const [mode, , isTrue = 0, isFalse = 0] = this.#rows.slice(row * treeNodeSize, (row + 1) * treeNodeSize);
      if (mode !== treeNodeModes.leaf && !(isTrue < count && isFalse < count && isTrue >= 0 && isFalse >= 0)) {
        throw new FormatError(`tree node ${row} leads to node ${isTrue} or ${isFalse}, but there are ${count}.`);
      }
    }
    return {
      nodes: tensor("i32", [count, treeNodeSize], Int32Array.from(this.#rows)),
      splits: Float64Array.from(this.#splits),
      targets: tensor(
        "i32",
        [this.#weights.length],
        Int32Array.from(this.#weights, ({ target }) => target),
      ),
      weights: Float64Array.from(this.#weights, ({ weight }) => weight),
    };
  }

  #add(row: readonly number[], split: number): number {
    this.#rows.push(...row);
    return this.#splits.push(split) - 1;
  }
}
