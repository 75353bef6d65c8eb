// Nothing that a benchmark starts outlives it. Ctrl-C reaches only the benchmark's own process, since every server leads
// its own session: so it must pass the end on.
import { endAllPinned, killAllPinned } from './processes/pinned-process.ts'
import { stopAllServers } from './processes/running-server.ts'

export function endEverythingOnExit(): void {
  process.once('exit', killAllPinned)
  for (const [signal, status] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.once(signal, () => {
      process.stderr.write('ending everything that was started …\n')
      void Promise.all([endAllPinned(), stopAllServers()]).finally(() => process.exit(status))
    })
  }
}
