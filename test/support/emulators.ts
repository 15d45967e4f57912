/** Whether tests may run code on emulated processors. LANEWISE_EMULATORS=off leaves that to another run: what is emulated does not depend on the version of Node. */
export const mayEmulate = process.env["LANEWISE_EMULATORS"] !== "off";
