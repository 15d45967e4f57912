import type { Builder, Variable } from "./builder.ts";
import type { Node } from "./node.ts";

/** mr × nv vectors that are accumulated in registers through a loop nest. */
export class Tile {
  readonly mr: number;
  readonly nv: number;
  readonly #k: Builder;
  readonly #rows: readonly (readonly Variable[])[];

  constructor(k: Builder, mr: number, nv: number) {
    const needed = mr * nv + nv + 1;
    const { name, tileRegisters } = k.target;
    if (needed > tileRegisters) {
      throw new RangeError(
        `A ${mr}x${nv} tile needs ${needed} vector registers (${mr * nv} accumulators, ${nv} for a row of B, 1 temporary), but ${name} has ${tileRegisters}; choose a smaller tile.`,
      );
    }
    this.mr = mr;
    this.nv = nv;
    this.#k = k;
    const zero = k.constant(0, "vec f32");
    this.#rows = Array.from({ length: mr }, () => Array.from({ length: nv }, () => k.variable(zero)));
  }

  /**
   * Adds a · b[j] to each vector j of row i. `a` loads the factor: where a product needs the one temporary register for
   * itself, it is loaded again for each vector.
   */
  fma(i: number, a: () => Node, b: readonly Node[]): void {
    const shared = this.#k.target.fused ? a() : undefined;
    b.forEach((vector, j) => {
      const cell = this.#cell(i, j);
      cell.set(this.#k.fma(shared ?? a(), vector, cell.get()));
    });
  }

  get(i: number, j: number): Node {
    return this.#cell(i, j).get();
  }

  set(i: number, j: number, value: Node): void {
    this.#cell(i, j).set(value);
  }

  #cell(i: number, j: number): Variable {
    const cell = this.#rows[i]?.[j];
    if (cell === undefined) throw new RangeError(`A ${this.mr}x${this.nv} tile has no vector (${i}, ${j}).`);
    return cell;
  }
}
