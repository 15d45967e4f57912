import { registeredMappings } from "../api/register-op.ts";
import { importModel } from "../formats/onnx/import.ts";
import type { OnnxModel } from "../formats/onnx/model.ts";
import { graphsOf, nodeLabel } from "../formats/onnx/order-nodes.ts";
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from "../formats/onnx/schema.ts";
import { isExternal } from "../formats/onnx/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import { isGraph } from "../graph/graph.ts";
import { constantTensor } from "../graph/leaves.ts";
import { topological } from "../graph/topological.ts";
import type { Target } from "../ir/target.ts";
import { runPipeline } from "../passes/pipeline.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { elementDims } from "../plan/element-dims.ts";
import { inputSymbols } from "../plan/input-symbols.ts";
import type { PlanStep } from "../plan/plan.ts";
import { symbolsOf } from "../tensor/dim.ts";
import { LanewiseError } from "../tensor/errors.ts";

/** What the nodes of a model would run on. */
export interface RunPlace {
  readonly name: string;
  /** Undefined where every operator is evaluated. */
  readonly target: Target | undefined;
  /** What symbolic dims stand for; 1 where it does not say. */
  readonly dims: ReadonlyMap<string, number>;
}

/** `domain:Operator` of a node. */
export const operatorKey = ({ domain, opType }: Pick<NodeProto, "domain" | "opType">): string =>
  `${domain === "ai.onnx" ? "" : domain}:${opType}`;

/**
 * For each operator what runs its nodes: the target, "eval", or both as `wasm-simd128, eval`. Told by planning the model without its weights in other
 * files; where it cannot be planned, operators with bodies and those in them are evaluated, and others are taken to have kernels.
 */
export function whatRuns(model: OnnxModel, { name, target, dims }: RunPlace): ReadonlyMap<string, string> {
  const evaluated = target && evaluatedOrigins(model, target, dims);
  const places = new Map<string, Set<string>>();
  for (const { node, isInner } of nodesOf(model)) {
    const hasBody = node.attribute.some((attribute) => graphsOf(attribute).length > 0);
    const isEvaluated = evaluated?.has(nodeLabel(node)) ?? (isInner || hasBody);
    const found = places.get(operatorKey(node)) ?? new Set();
    places.set(operatorKey(node), found.add(target === undefined || isEvaluated ? "eval" : name));
  }
  return new Map([...places].map(([key, found]) => [key, [...found].sort((a) => (a === "eval" ? 1 : -1)).join(", ")]));
}

interface FoundNode {
  readonly node: NodeProto;
  /** Whether it is in the body of another one. */
  readonly isInner: boolean;
}

/** All nodes, those of bodies and of local functions too. */
function nodesOf({ graph, proto }: OnnxModel): FoundNode[] {
  const inside = (node: NodeProto, isInner: boolean): FoundNode[] => [
    { node, isInner },
    ...node.attribute.flatMap((attribute) =>
      graphsOf(attribute).flatMap((body) => body.node.flatMap((each) => inside(each, true))),
    ),
  ];
  return [...graph.node, ...proto.functions.flatMap((f) => f.node)].flatMap((node) => inside(node, false));
}

/** The ONNX nodes that `eval` runs; undefined where the model cannot be planned. */
function evaluatedOrigins(
  model: OnnxModel,
  target: Target,
  dims: ReadonlyMap<string, number>,
): ReadonlySet<string> | undefined {
  try {
    const { graph } = importModel(withoutExternalData(model), { families: registeredMappings() });
    const plan = buildPlan(runPipeline(graph));
    const sizes = new Map(
      [...inputSymbols(plan.inputs), ...elementDims(plan).flatMap(symbolsOf)].map((symbol) => [
        symbol,
        dims.get(symbol) ?? 1,
      ]),
    );
    const steps = bindPlan(plan, sizes, { target }).steps.filter(({ launches }) => launches === undefined);
    return new Set(steps.flatMap(({ at }) => originsOf(plan.steps[at] as PlanStep)));
  } catch (error) {
    if (error instanceof LanewiseError) return undefined;
    throw error;
  }
}

/** The nodes of a step, with those of its bodies. */
function originsOf({ origin, attributes }: Pick<PlanStep, "origin" | "attributes">): string[] {
  const bodies = Object.values(attributes)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isGraph);
  const inside = ({ outputs }: Graph) =>
    topological(outputs.map(({ value }) => value))
      .filter((value) => constantTensor(value) === undefined)
      .flatMap(originsOf);
  return [origin, ...bodies.flatMap(inside)];
}

/** The model with weights of other files as inputs. */
function withoutExternalData(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const external = graph.initializer.filter(isExternal);
  const declared = new Set(graph.input.map(({ name }) => name));
  const inputs = external.filter(({ name }) => !declared.has(name)).map(inputFor);
  const initializer = graph.initializer.filter((tensor) => !isExternal(tensor));
  return { ...model, graph: { ...graph, initializer, input: [...graph.input, ...inputs] } satisfies GraphProto };
}

function inputFor({ name, dataType, dims }: TensorProto): ValueInfoProto {
  const dim = dims.map((dimValue) => ({ dimValue, dimParam: "", denotation: "" }));
  const none = { sequenceType: undefined, mapType: undefined, optionalType: undefined };
  const type = {
    ...{ ...none, sparseTensorType: undefined, opaqueType: undefined, denotation: "" },
    tensorType: { elemType: dataType, shape: { dim } },
  };
  return { name, type, metadataProps: [] };
}
