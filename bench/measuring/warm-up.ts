// Before it is measured a server is warm: what it does from then on costs the same each time.
import type { BenchCase, MeasureSetup, Sample } from '../cases/bench-case.ts'
import type { RunningServer } from '../processes/running-server.ts'

const PIECE_SECONDS = 0.25
/** A piece that had less of its core, as others had it, is not a whole one. */
const PIECE_CPU_US = 150_000
const MOST_PIECES = 24
/** V8 compiles what has run so often, and in slow cases little of it has when a few pieces cost the same by chance. */
const LEAST_REQUESTS = 5_000
const MOST_RUNS_OF_A_PIECE = 6
/** Pieces in a row that were not cheaper than the cheapest before them. */
const ENOUGH_WITHOUT_GAIN = 2
const GAIN = 0.97

/** What a warm-up takes on a machine that does nothing else, for the estimate; longer in a few slow cases. */
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
  const run = async (): Promise<Sample> =>
    await benchCase.measure(server, { ...setup, seconds: PIECE_SECONDS })
  const warming = server.entry.isCompiledWhileRunning ? warmUntilSteady(run) : run()
  await warming.catch(() => undefined)
}

/** Returns how many pieces it took. */
export async function warmUntilSteady(run: () => Promise<Sample>): Promise<number> {
  let cheapest = Number.POSITIVE_INFINITY
  let withoutGain = 0
  let answered = 0
  for (let pieces = 1; pieces <= MOST_PIECES; pieces++) {
    const { cost, requests } = await measurePiece(run)
    withoutGain = cost < cheapest * GAIN ? 0 : withoutGain + 1
    cheapest = Math.min(cheapest, cost)
    answered += requests
    if (withoutGain >= ENOUGH_WITHOUT_GAIN && answered >= LEAST_REQUESTS) return pieces
  }
  return MOST_PIECES
}

/** `cost`: CPU time of a request. */
async function measurePiece(run: () => Promise<Sample>): Promise<{ cost: number; requests: number }> {
  let cpuUs = 0
  let requests = 0
  for (let runs = 0; runs < MOST_RUNS_OF_A_PIECE && cpuUs < PIECE_CPU_US; runs++) {
    const sample = await run()
    requests += sample['requests'] ?? 0
    cpuUs += (sample['requests'] ?? 0) * (sample['cpuUsPerRequest'] ?? Number.NaN)
  }
  return { cost: cpuUs / requests, requests }
}
