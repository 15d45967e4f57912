/** Numbers in [0, n) from a seed: mulberry32. */
export function generator(state: number): (n: number) => number {
  let s = state;
  return (n) => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), s | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** The file with a few bytes changed, removed, repeated or cut off. */
export function mutate(file: Uint8Array, random: (n: number) => number): Uint8Array {
  const bytes = [...file];
  const kind = random(8);
  if (kind === 0) return file.slice(0, random(file.length));
  if (kind === 1) bytes.splice(random(bytes.length), 1 + random(8));
  else if (kind === 2)
    bytes.splice(random(bytes.length), 0, ...bytes.slice(random(bytes.length)).slice(0, 1 + random(16)));
  else
    for (let i = 0; i <= random(4); i++)
      bytes[random(bytes.length)] = [0, 0x7f, 0x80, 0xff, random(256), random(256)][random(6)]!;
  return Uint8Array.from(bytes);
}
