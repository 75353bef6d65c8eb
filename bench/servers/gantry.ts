// Gantry itself, as built into dist/: benchmarks measure what users run, not the sources.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { ServerEntry } from './server-entry.ts'

const COMMAND = join('dist', 'cli', 'main.js')

export const gantry: ServerEntry = {
  name: 'gantry',
  settings: '1 worker, 4 threads; all limits, deadlines and buffering as by default',
  frontProgram: /^node/,
  findVersion: async ({ repository }) => {
    if (!existsSync(join(repository, COMMAND)))
      throw new Error(`${COMMAND} does not exist: run npm run build`)
    const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
      version: string
    }
    return `gantry ${manifest.version}`
  },
  plan: ({ repository, appDirectory, pythonBin, port, threads }) => ({
    commands: [
      {
        argv: [
          process.execPath,
          join(repository, COMMAND),
          'app:application',
          ...['--chdir', appDirectory],
          ...['--python', join(pythonBin, 'python')],
          ...['--bind', `127.0.0.1:${port}`],
          ...['--workers', '1'],
          ...['--threads', String(threads)],
        ],
        env: { NODE_ENV: 'production' },
      },
    ],
  }),
}
