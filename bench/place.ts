// Where the benchmarks keep what they need, and what belongs to the repository.
import { join } from 'node:path'

import type { LaunchPlace } from './servers/server-entry.ts'

export const REPOSITORY = join(import.meta.dirname, '..')

const CACHE = join(REPOSITORY, '.cache')

/** Published results, which the report is made from. */
export const RESULTS = join(import.meta.dirname, 'results')

export const PLACE: LaunchPlace = {
  repository: REPOSITORY,
  appDirectory: join(import.meta.dirname, 'applications'),
  pythonBin: join(CACHE, 'bench-venv', 'bin'),
  filesDirectory: join(CACHE, 'bench', 'files'),
  certificate: {
    certificateFile: join(CACHE, 'bench', 'certificate.pem'),
    keyFile: join(CACHE, 'bench', 'key.pem'),
  },
}
