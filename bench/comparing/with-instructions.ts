// The same case, and how many instructions of the server's processes each of its requests took.
import type { BenchCase } from '../cases/bench-case.ts'
import { InstructionCount } from '../processes/instructions.ts'

export function withInstructions(benchCase: BenchCase): BenchCase {
  return {
    ...benchCase,
    measure: async (server, setup) => {
      const count = new InstructionCount(server.pids())
      const sample = await benchCase.measure(server, setup)
      const { user, kernel } = await count.end()
      return { ...sample, instructionsPerRequest: (user + kernel) / (sample['requests'] ?? Number.NaN) }
    },
  }
}
