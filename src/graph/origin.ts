let current = "";

/** The name (ONNX node, rule) that values constructed now will carry. */
export const currentOrigin = (): string => current;

/** Runs `build`; values constructed inside it carry `origin`, unless the origin is empty, which leaves the outer one in force. */
export function withOrigin<T>(origin: string, build: () => T): T {
  const outer = current;
  current = origin || outer;
  try {
    return build();
  } finally {
    current = outer;
  }
}
