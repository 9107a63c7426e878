/** Writes tar archives for the fake server, bad ones too. */

/** An entry: a file, or a symbolic link, or a folder. */
export interface TarEntry {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly link?: string;
  readonly folder?: boolean;
}

/** A ustar archive. */
export function makeTar(entries: readonly TarEntry[]): Uint8Array {
  const blocks = entries.flatMap(({ name, content = new Uint8Array(), link, folder }) => [
    header(name, link === undefined ? content.length : 0, typeOf(link, folder), link),
    ...(link === undefined ? [content, new Uint8Array((512 - (content.length % 512)) % 512)] : []),
  ]);
  return Buffer.concat([...blocks, new Uint8Array(1024)]);
}

function typeOf(link: string | undefined, folder: boolean | undefined): string {
  if (folder === true) return "5";
  return link === undefined ? "0" : "2";
}

function header(name: string, size: number, type: string, link: string | undefined): Uint8Array {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, "utf8");
  block.write("0000644\0", 100, "latin1");
  block.write("0000000\0", 108, "latin1");
  block.write("0000000\0", 116, "latin1");
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  block.write("00000000000\0", 136, "latin1");
  block.write("        ", 148, "latin1");
  block.write(type, 156, "latin1");
  block.write(link ?? "", 157, 100, "utf8");
  block.write("ustar\u000000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
