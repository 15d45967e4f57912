/** What a model file may cost to read. Going over one is a LimitError that names it. */
export interface ModelLimits {
  /** Bytes of the model file, and separately of the external data that it names. */
  readonly maxBytes: number;
  /** Nodes in all graphs, subgraphs and functions together. */
  readonly maxNodes: number;
  /** Messages within messages; a subgraph takes three levels. */
  readonly maxNesting: number;
  /** Messages of every kind together. */
  readonly maxMessages: number;
  /** Dims of one tensor. */
  readonly maxRank: number;
  /** Bytes of one sparse tensor when it is written out densely. */
  readonly maxDenseBytes: number;
}

/** Ample for any model known to run, and a bound on what a hostile file can make the reader allocate. */
export const defaultLimits: ModelLimits = {
  maxBytes: 2 ** 36,
  maxNodes: 500_000,
  maxNesting: 100,
  maxMessages: 4_000_000,
  maxRank: 64,
  maxDenseBytes: 2 ** 30,
};

/** Fills in the defaults for limits that are not given. */
export const withDefaultLimits = (limits: Partial<ModelLimits> = {}): ModelLimits => ({ ...defaultLimits, ...limits });
