import { isAbsent } from "../graph/leaves.ts";
import type { Type } from "../graph/type.ts";
import { formatType, tensorType, tupleType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";
import { broadcastsTo } from "./trailing-norm.ts";

export type LinearAttentionAttributes = { readonly scale: number };

/**
 * Attention by a recurrent state S [size, valueSize] per head instead of a softmax over all keys. For each step t:
 *   S ← exp(decay_t) · S;  S ← S + k_t ⊗ β_t (v_t - Sᵀ k_t), or S + k_t ⊗ v_t where `beta` is left out;  y_t = scale · Sᵀ q_t.
 *
 * q [batch, heads, steps, size], k [batch, kvHeads, steps, size], v [batch, kvHeads, steps, valueSize]; heads is a multiple of kvHeads, and
 * neighbouring heads share a state. `state` [batch, kvHeads, size, valueSize] is the one to begin with; `decay` [batch, kvHeads, steps, size or 1]
 * and `beta` [batch, kvHeads or 1, steps, 1] may be left out. The result is the tuple (y [batch, heads, steps, valueSize], the last state).
 */
export const linearAttention = op("linearAttention", ["q", "k", "v", "state", "decay?", "beta?"], {
  infer: (operands, _attributes: LinearAttentionAttributes) => inferLinearAttention(operands),
  eval: (inputs, { scale }: LinearAttentionAttributes) => evalLinearAttention(inputs, scale),
});

function inferLinearAttention([q, k, v, state, decay, beta]: readonly [
  Value,
  Value,
  Value,
  Value,
  Value,
  Value,
]): Type {
  const { dtype } = tensorOperand(q, "q");
  requireDType(dtype, "float", "q");
  const [sq, sk, sv] = [operandShape(q, "q", 4), operandShape(k, "k", 4), operandShape(v, "v", 4)];
  const start = tensorOperand(state, "state");
  requireDType(start.dtype, "float", "state");
  if (sk && sv) {
    const steps = sk[2] as Dim;
    requireShape(v, "v", [sk[0] as Dim, sk[1] as Dim, steps, sv[3] as Dim]);
    requireShape(state, "state", [sk[0] as Dim, sk[1] as Dim, sk[3] as Dim, sv[3] as Dim]);
    requireShape(decay, "decay", [sk[0] as Dim, sk[1] as Dim, steps, sk[3] as Dim]);
    requireShape(beta, "beta", [sk[0] as Dim, sk[1] as Dim, steps, 1]);
  }
  const y = sq && sv ? [sq[0] as Dim, sq[1] as Dim, sq[2] as Dim, sv[3] as Dim] : undefined;
  return tupleType(tensorType(dtype, y), tensorType(start.dtype, start.shape));
}

function requireShape(value: Value, name: string, wanted: readonly Dim[]): void {
  if (isAbsent(value)) return;
  const type = tensorOperand(value, name);
  if (broadcastsTo(type.shape, wanted)) return;
  throw new ShapeError(
    `${name} must broadcast to ${formatType(tensorType(type.dtype, wanted))}, got ${formatType(type)}.`,
  );
}

type Inputs = readonly [Tensor, Tensor, Tensor, Tensor, Tensor | undefined, Tensor | undefined];

function evalLinearAttention([q, k, v, state, decay, beta]: Inputs, scale: number): Tensor[] {
  const [batch, heads, steps, size] = q.shape as [number, number, number, number];
  const [kvHeads, valueSize] = [k.shape[1]!, v.shape[3]!];
  const [qs, ks, vs] = [numbers(q), numbers(k), numbers(v)];
  const states = Float64Array.from(numbers(state));
  const [decays, betas] = [decay && stepReader(decay, kvHeads), beta && stepReader(beta, kvHeads)];
  const y = new Float64Array(batch * heads * steps * valueSize);
  const group = heads / kvHeads;
  for (let at = 0; at < batch * kvHeads; at++) {
    const s = states.subarray(at * size * valueSize, (at + 1) * size * valueSize);
    for (let t = 0; t < steps; t++) {
      const key = ks.subarray((at * steps + t) * size, (at * steps + t + 1) * size);
      const value = Float64Array.from(vs.subarray((at * steps + t) * valueSize, (at * steps + t + 1) * valueSize));
      if (decays) decayState(s, valueSize, decays(at, t));
      if (betas) correct(value, s, key, betas(at, t)[0]!);
      for (let d = 0; d < size; d++) {
        for (let e = 0; e < valueSize; e++) s[d * valueSize + e] = s[d * valueSize + e]! + key[d]! * value[e]!;
      }
      for (let h = at * group; h < (at + 1) * group; h++) {
        const query = qs.subarray((h * steps + t) * size, (h * steps + t + 1) * size);
        const answer = retrieve(s, query, valueSize);
        for (let e = 0; e < valueSize; e++) y[(h * steps + t) * valueSize + e] = scale * answer[e]!;
      }
    }
  }
  return [fromNumbers(q.dtype, [batch, heads, steps, valueSize], y), fromNumbers(state.dtype, state.shape, states)];
}

/** Reads the entries of one step from [batch, kvHeads or 1, steps, width]. */
function stepReader(t: Tensor, kvHeads: number): (at: number, step: number) => NumberArray {
  const values = numbers(t);
  const [, own, steps, width] = t.shape as [number, number, number, number];
  return (at, step) => {
    const head = own === 1 ? Math.floor(at / kvHeads) : at;
    return values.subarray((head * steps + step) * width, (head * steps + step + 1) * width);
  };
}

function decayState(s: Float64Array, valueSize: number, decay: NumberArray): void {
  for (let i = 0; i < s.length; i++)
    s[i] = s[i]! * Math.exp(decay[decay.length === 1 ? 0 : Math.floor(i / valueSize)]!);
}

/** v ← β (v - Sᵀ k). */
function correct(value: Float64Array, s: Float64Array, key: NumberArray, beta: number): void {
  const held = retrieve(s, key, value.length);
  for (let e = 0; e < value.length; e++) value[e] = beta * (value[e]! - held[e]!);
}

/** Sᵀ x. */
function retrieve(s: Float64Array, x: NumberArray, valueSize: number): Float64Array {
  const result = new Float64Array(valueSize);
  for (let d = 0; d < x.length; d++) {
    for (let e = 0; e < valueSize; e++) result[e] = result[e]! + x[d]! * s[d * valueSize + e]!;
  }
  return result;
}
