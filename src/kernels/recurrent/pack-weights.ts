import type { Target } from "../../ir/target.ts";
import { numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { panelWidth } from "../matmul/dense-launches.ts";
import { packColumns } from "../matmul/pack-matrix.ts";
import type { Packed } from "../schedule.ts";
import type { CellName } from "./cells.ts";

/** The extents of a recurrent layer, and how its weights are packed for a target. */
export interface LayerShape {
  readonly cell: CellName;
  readonly target: Target;
  readonly gates: number;
  readonly directions: number;
  readonly steps: number;
  readonly batch: number;
  readonly depth: number;
  readonly hidden: number;
  /** Columns of a panel of r, and panels of a gate. */
  readonly width: number;
  readonly gatePanels: number;
}

/** One direction, by its number. */
type Direction = LayerShape & { readonly d: number };

/** w of a direction, [gates · hidden, depth], as columns. */
export function packInput(source: Tensor, { d, gates, hidden, depth, target }: Direction): Packed {
  const count = gates * hidden;
  const columns = Array.from({ length: count }, (_, j) => (d * count + j) * depth);
  return packColumns({ source, key: `direction ${d}`, depth, columns, width: panelWidth(target, count) });
}

/** r of a direction, [gates · hidden, hidden], as columns, each gate from a panel of its own on. */
export function packState(source: Tensor, { d, gates, hidden, width, gatePanels }: Direction): Packed {
  const wide = gatePanels * width;
  const columns = Array.from({ length: gates * wide }, (_, j) => {
    const [gate, unit] = [Math.floor(j / wide), j % wide];
    return unit < hidden ? (d * gates * hidden + gate * hidden + unit) * hidden : -1;
  });
  return packColumns({ source, key: `state ${d} of ${gates}`, depth: hidden, columns, width });
}

/** The bias of w·x, with that of r·h for the first `biasedGates` gates. */
export function packBias(
  source: Tensor,
  { d, gates, hidden, biasedGates }: Direction & { readonly biasedGates: number },
): Packed {
  const count = gates * hidden;
  return {
    source,
    key: `biases ${d} ${gates} ${biasedGates}`,
    bytes: 4 * count,
    write(target) {
      const values = numbers(source);
      const to = new Float32Array(target.buffer as ArrayBuffer, target.byteOffset, count);
      for (let i = 0; i < count; i++) {
        const second = i < biasedGates * hidden ? (values[(2 * d + 1) * count + i] as number) : 0;
        to[i] = (values[2 * d * count + i] as number) + second;
      }
    },
  };
}
