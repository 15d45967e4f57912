import type { Node, Region } from "../ir/node.ts";

/** Where a node or region is: a position in the body of a region. */
export interface Place {
  readonly region: Region;
  readonly index: number;
}

/** One use of a value: by a node of a body, or, without `user`, by the region's yields, whose index is the body's length. */
export interface Use extends Place {
  readonly user: Node | undefined;
  /** The number of the operand or yield. */
  readonly slot: number;
}

/** Where each value is defined and used. */
export interface Uses {
  readonly of: (node: Node) => readonly Use[];
  /** Where a node is placed; undefined for params. */
  readonly place: (node: Node) => Place | undefined;
  /** The position in `outer` of what is at `place`, or around it. */
  readonly positionIn: (outer: Region, place: Place) => number | undefined;
}

const none: readonly Use[] = [];

/** Finds all uses in a region and those inside. */
export function findUses(root: Region): Uses {
  const uses = new Map<Node, Use[]>();
  const places = new Map<Node, Place>();
  const parents = new Map<Region, Place>();
  const add = (value: Node, use: Use): void => {
    const known = uses.get(value);
    if (known) known.push(use);
    else uses.set(value, [use]);
  };
  const visit = (region: Region): void => {
    const index = region.body.length;
    for (let at = 0; at < index; at++) {
      const user = region.body[at] as Node;
      const { args, regions } = user;
      places.set(user, { region, index: at });
      for (let slot = 0; slot < args.length; slot++) add(args[slot] as Node, { region, index: at, user, slot });
      for (const inner of regions) {
        parents.set(inner, { region, index: at });
        visit(inner);
      }
    }
    region.yields.forEach((value, slot) => void add(value, { region, index, user: undefined, slot }));
  };
  visit(root);
  return {
    of: (node) => uses.get(node) ?? none,
    place: (node) => places.get(node),
    positionIn(outer, place) {
      let at: Place | undefined = place;
      while (at !== undefined && at.region !== outer) at = parents.get(at.region);
      return at?.index;
    },
  };
}
