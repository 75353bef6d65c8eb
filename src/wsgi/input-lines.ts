// The lines of `wsgi.input`, for whoever has `readline` (PEP 3333, "Input and Error Streams").

/** Each call gives the next line, an empty one at the end. */
interface LineReader {
  readline(): Promise<Buffer>
}

/** Line by line, to the end. */
export async function* linesOf(input: LineReader): AsyncGenerator<Buffer, void, undefined> {
  for (let line = await input.readline(); line.length > 0; line = await input.readline()) yield line
}

/** All lines that are left; about `hint` bytes of them where it is positive. */
export async function readLines(input: LineReader, hint: number): Promise<Buffer[]> {
  const lines: Buffer[] = []
  let bytes = 0
  for await (const line of linesOf(input)) {
    lines.push(line)
    bytes += line.length
    if (hint > 0 && bytes >= hint) break
  }
  return lines
}
