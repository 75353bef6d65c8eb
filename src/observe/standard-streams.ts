// Standard output and standard error may be pipes whose reader ends: `gantry … | head`, a terminal that is closed. Without a
// listener Node ends the process for it, and a server must outlive whoever reads its log.

/** To the beginning of the line, and nothing on it any more. */
export const ERASE_LINE = '\r\u001b[K'

const STREAMS = [process.stdout, process.stderr]
const ignore = (): void => undefined

let erasesLines = false

/** From now on a line that goes to a terminal erases what another process may have drawn there (rewritten-line.ts). */
export function eraseBeforeLines(): void {
  erasesLines = true
}

/** What has to be written before a line. */
export const beforeLine = ({ isTTY }: { readonly isTTY?: boolean }): string =>
  erasesLines && isTTY === true ? ERASE_LINE : ''

/** From now on what cannot be written there is lost, and nothing more happens. */
export function outliveReaders(): void {
  for (const stream of STREAMS) if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore)
}
