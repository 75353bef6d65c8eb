// Standard output and standard error may be pipes whose reader ends: `gantry … | head`, a terminal that is closed. Without a
// listener Node ends the process for it, and a server must outlive whoever reads its log.

const STREAMS = [process.stdout, process.stderr]
const ignore = (): void => undefined

/** From now on what cannot be written there is lost, and nothing more happens. */
export function outliveReaders(): void {
  for (const stream of STREAMS) if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore)
}
