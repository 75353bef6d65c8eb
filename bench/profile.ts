// The command `npm run profile`: puts a load on Gantry and writes where the time went: of the front a profile of V8, which
// speedscope.app and the developer tools of Chromium show as a flame graph, and of the worker a flame graph of py-spy.
import { readdir, readFile, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { endEverythingOnExit } from './ending.ts'
import { runWrk } from './load/wrk.ts'
import { PLACE, REPOSITORY } from './place.ts'
import { collectOutput } from './processes/collect-output.ts'
import { readAllowedCores } from './processes/core-time.ts'
import { readExecutable } from './processes/memory.ts'
import { startServer, type RunningServer } from './processes/running-server.ts'
import { selfTimes, type CpuProfile } from './profiling/self-times.ts'
import { renderTextTable } from './report/table.ts'
import { gantry } from './servers/gantry.ts'
import type { ServerEntry } from './servers/server-entry.ts'
import { prepareRun } from './setup/prepare-run.ts'
import { choosePython, installPythonPackages } from './setup/python-packages.ts'
import { ONE_CORE } from './suites/settings.ts'

const SAMPLES_PER_SECOND = 500
const SHOWN = 20
const CONNECTIONS = 64

const HELP = `npm run profile -- [options]

  --path PATH        of bench/applications/app.py (default /1k)
  --post BYTES       POST this many bytes (with --path /echo)
  --seconds S        length of the load (default 5)
  --folder DIR       where to write (default .cache/bench/profile)
`

endEverythingOnExit()
process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        path: { type: 'string', default: '/1k' },
        post: { type: 'string' },
        seconds: { type: 'string', default: '5' },
        folder: { type: 'string', default: join(REPOSITORY, '.cache', 'bench', 'profile') },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) process.stdout.write(HELP)
    else await profile(values.path, values.post, Number(values.seconds), values.folder)
    return 0
  } catch (error) {
    process.stderr.write(`profile: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

async function profile(
  path: string,
  post: string | undefined,
  seconds: number,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await prepareRun({ place: PLACE, python: choosePython(), mayInstall: true })
  const spyProblem = await installPythonPackages(PLACE.pythonBin, ['py-spy'], false)
  const cores = readAllowedCores()
  const [loadCore, serverCore] = [String(cores[0] ?? 0), String(cores.at(-1) ?? 0)]
  const server = await startServer(profiled(folder), ONE_CORE, PLACE, serverCore)
  const front = newestOf(server, /^node/)
  try {
    const postBytes = post === undefined ? {} : { postBytes: Number(post) }
    const load = { url: server.url + path, connections: CONNECTIONS, seconds, ...postBytes }
    await Promise.all([
      runWrk(load, loadCore),
      spyProblem === undefined ? profileWorker(server, seconds, folder, loadCore) : undefined,
    ])
  } finally {
    await server.stop()
  }
  if (spyProblem !== undefined) process.stderr.write(`no profile of the worker: py-spy: ${spyProblem}\n`)
  process.stdout.write(await describeFront(folder, front))
}

/** Node writes the profile of each of its processes when it ends. */
function profiled(folder: string): ServerEntry {
  const plan: ServerEntry['plan'] = (setup) => {
    const { commands } = gantry.plan(setup)
    const options = `--cpu-prof --cpu-prof-interval=${1e6 / SAMPLES_PER_SECOND} --cpu-prof-dir=${folder}`
    return { commands: commands.map((one) => ({ ...one, env: { ...one.env, NODE_OPTIONS: options } })) }
  }
  return { ...gantry, plan }
}

/** The supervisor runs the same program as the front and was started before it; the worker is the only one of its kind. */
function newestOf({ pids }: RunningServer, program: RegExp): number {
  const found = pids().filter((pid) => program.test(readExecutable(pid)))
  const newest = found.at(-1)
  if (newest === undefined) throw new Error(`there is no process ${String(program)}`)
  return newest
}

async function profileWorker(
  server: RunningServer,
  seconds: number,
  folder: string,
  cores: string,
): Promise<void> {
  const options = [
    '--rate',
    String(SAMPLES_PER_SECOND),
    '--duration',
    String(Math.max(1, Math.floor(seconds))),
  ]
  const output = ['--output', join(folder, 'worker.svg')]
  const argv = [join(PLACE.pythonBin, 'py-spy'), 'record', ...options, ...output]
  await collectOutput([...argv, '--pid', String(newestOf(server, /^python/))], cores)
}

async function describeFront(folder: string, pid: number): Promise<string> {
  const written = (await readdir(folder)).find((name) => name.split('.')[3] === String(pid))
  if (written === undefined) throw new Error(`the front ${pid} has written no profile`)
  const file = join(folder, 'front.cpuprofile')
  await rename(join(folder, written), file)
  const times = selfTimes(JSON.parse(await readFile(file, 'utf8')) as CpuProfile)
  const rows = times
    .slice(0, SHOWN)
    .map(({ where, us, share }) => [`${(share * 100).toFixed(1)} %`, `${(us / 1e3).toFixed(0)} ms`, where])
  const columns = [
    { title: 'self', align: 'right' },
    { title: 'time', align: 'right' },
    { title: 'the front, from its start', align: 'left' },
  ] as const
  return `${renderTextTable({ columns, rows })}\n\n${file}: https://www.speedscope.app shows it as a flame graph\n${join(folder, 'worker.svg')}: the worker, by py-spy\n`
}
