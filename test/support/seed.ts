/** The seed of everything random in this run. Tests print it in their names; LANEWISE_SEED repeats a run. */
export const seed = Number(process.env["LANEWISE_SEED"] ?? Date.now() % 2 ** 31);
