import Table from "cli-table3";

export interface Column {
  readonly head: string;
  /** Numbers are set to the right. */
  readonly align?: "left" | "right";
}

const maxWidth = 100;
const leastWidth = 12;
const gap = 2;
const none = "";
/** No lines at all: columns are held apart by spaces. */
const chars = {
  top: none,
  "top-mid": none,
  "top-left": none,
  "top-right": none,
  bottom: none,
  "bottom-mid": none,
  "bottom-left": none,
  "bottom-right": none,
  left: none,
  "left-mid": none,
  mid: none,
  "mid-mid": none,
  right: none,
  "right-mid": none,
  middle: " ".repeat(gap),
};

/** Rows under a head, without lines. Texts that make a row wider than 100 columns are cut in their middle. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = fittingWidths(columns, rows);
  const table = new Table({
    chars,
    colAligns: columns.map(({ align = "left" }) => align),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  table.push(columns.map(({ head }) => head));
  for (const row of rows) table.push(row.map((cell, i) => cutMiddle(cell, widths[i] as number)));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** The widest text of each column; where that is too much, the widest columns of text give way. */
function fittingWidths(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  const widths = columns.map(({ head }, i) =>
    rows.reduce((widest, row) => Math.max(widest, (row[i] ?? "").length), head.length),
  );
  const total = () => widths.reduce((sum, width) => sum + width, gap * (columns.length - 1));
  while (total() > maxWidth) {
    const texts = columns.flatMap(({ align }, i) => (align === "right" ? [] : [i]));
    const widest = texts.reduce((a, b) => ((widths[b] as number) > (widths[a] as number) ? b : a), texts[0] ?? 0);
    if ((widths[widest] as number) <= leastWidth) break;
    widths[widest] = Math.max(leastWidth, (widths[widest] as number) - (total() - maxWidth));
  }
  return widths;
}

/** The text, or its beginning and end with "…" between them. The end of a name usually says more, so it keeps more. */
function cutMiddle(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.floor((width - 1) / 3);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}
