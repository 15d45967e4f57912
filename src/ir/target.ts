import type { Op } from "./operations.ts";

/** A register tile of a matrix product: mr rows of nv vectors. */
export interface TileShape {
  readonly mr: number;
  readonly nv: number;
}

/** What kernels and `legalize` need to know of an instruction set. Plain data; never inspected by name. */
export interface Target {
  readonly name: string;
  /** 32-bit lanes of a vector; undefined where the machine says so only at run time. */
  readonly lanes: number | undefined;
  /** Whether `fma` rounds once. Targets with the same answer give the same bits. */
  readonly fused: boolean;
  /** Vector registers that a tile, its row of B and one temporary may take together. */
  readonly tileRegisters: number;
  /** Accumulators of a fold that are kept in registers at a time. */
  readonly foldRegisters: number;
  /**
   * Whether the vectors of one round of an unrolled loop are done side by side, each instruction for all of them, so that
   * neighbouring loads and stores stand together; else one vector after another.
   */
  readonly interleaves?: boolean;
  /** Whether `read` and `write` convert f16 themselves, but for NaNs, which `write` gets as 0x7fc00000; else `legalize` does it by integer arithmetic. */
  readonly halves?: boolean;
  /** Steps of a product's depth that one round of its loop takes, or one more, where its depth is a multiple of them; 1 when left out. */
  readonly depthSteps?: number;
  /** Register tiles, best first. */
  readonly tiles: readonly TileShape[];
  /** Operations beyond the leaves, by name. */
  readonly features: ReadonlySet<Op>;
}
