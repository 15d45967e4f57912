import { ByteWriter } from "./byte-writer.ts";
import { valueTypes } from "./function-writer.ts";

/** A function of a module: its name among the exports, and its body. */
export interface ModuleFunction {
  readonly name: string;
  readonly body: Uint8Array;
}

/** Sections by their number. */
const sections = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** The most pages that a 32-bit memory can have; a shared one must state a limit. */
const maxPages = 65536;

export interface ModuleOptions {
  /** Whether the memory is a shared one: that is part of the module's type. */
  readonly shared: boolean;
  /** Whether it calls through a table of functions. */
  readonly table?: boolean;
}

/**
 * A module of functions of three i32. It imports `env.memory`, `env.scratch`, the address of the instance's scratch, and where it asks for one
 * `env.table`; and exports each function by its name.
 */
export function encodeModule(
  functions: readonly ModuleFunction[],
  { shared, table = false }: ModuleOptions,
): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.bytes(magicAndVersion);
  const section = (id: number, write: (content: ByteWriter) => void): void => {
    const content = new ByteWriter();
    write(content);
    writer.byte(id);
    writer.vector(content.finish());
  };
  section(sections.type, (s) => {
    s.u32(1);
    s.byte(0x60);
    s.vector([valueTypes.i32, valueTypes.i32, valueTypes.i32]);
    s.u32(0);
  });
  section(sections.import, (s) => {
    s.u32(table ? 3 : 2);
    s.name("env");
    s.name("memory");
    s.bytes([0x02, shared ? 0x03 : 0x00]);
    s.u32(0);
    if (shared) s.u32(maxPages);
    s.name("env");
    s.name("scratch");
    s.bytes([0x03, valueTypes.i32, 0x00]);
    if (!table) return;
    s.name("env");
    s.name("table");
    s.bytes([0x01, 0x70, 0x00, 0x00]);
  });
  section(sections.function, (s) => s.vector(functions.map(() => 0)));
  section(sections.export, (s) => {
    s.u32(functions.length);
    functions.forEach(({ name }, index) => {
      s.name(name);
      s.byte(0x00);
      s.u32(index);
    });
  });
  section(sections.code, (s) => {
    s.u32(functions.length);
    for (const { body } of functions) s.vector(body);
  });
  return writer.finish();
}
