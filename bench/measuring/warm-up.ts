// Before it is measured a server is warm: what it does from then on costs the same each time.
import type { BenchCase, MeasureSetup } from '../cases/bench-case.ts'
import type { RunningServer } from '../processes/running-server.ts'

const PIECE_SECONDS = 0.25
const MOST_PIECES = 12
/** Pieces in a row that were not cheaper than the cheapest before them. */
const ENOUGH_WITHOUT_GAIN = 2
const GAIN = 0.97

/** What a warm-up takes on a machine that does nothing else, for the estimate. */
export function estimateWarmUp(isCompiledWhileRunning: boolean): number {
  return isCompiledWhileRunning ? (ENOUGH_WITHOUT_GAIN + 2) * PIECE_SECONDS : PIECE_SECONDS
}

/**
 * A little of the case's own load; where the server's code is compiled while it runs, until a request no longer gets
 * cheaper. What fails here fails in the measurement too, which reports it.
 */
export async function warmUp(
  benchCase: BenchCase,
  server: RunningServer,
  setup: MeasureSetup,
): Promise<void> {
  if (benchCase.needsFreshServer) return
  const measurePiece = async (): Promise<number> => {
    const sample = await benchCase.measure(server, { ...setup, seconds: PIECE_SECONDS })
    return sample['cpuUsPerRequest'] ?? Number.NaN
  }
  const most = server.entry.isCompiledWhileRunning ? MOST_PIECES : 1
  await warmUntilSteady(measurePiece, most).catch(() => undefined)
}

/** Returns how many pieces it took. */
export async function warmUntilSteady(measurePiece: () => Promise<number>, most: number): Promise<number> {
  let cheapest = Number.POSITIVE_INFINITY
  let withoutGain = 0
  for (let pieces = 1; pieces <= most; pieces++) {
    const cost = await measurePiece()
    withoutGain = cost < cheapest * GAIN ? 0 : withoutGain + 1
    cheapest = Math.min(cheapest, cost)
    if (withoutGain === ENOUGH_WITHOUT_GAIN) return pieces
  }
  return most
}
