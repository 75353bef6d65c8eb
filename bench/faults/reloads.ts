// `npm run faults -- reloads`: one reload after the other, to code that serves and to code that does not.
import { formatFigure } from '../report/figures.ts'
import { summarize } from '../report/statistics.ts'
import { ClosedClients } from './clients/closed-clients.ts'
import { faultScript, type Tell } from './fault-script.ts'
import { demand, figure, type Finding } from './finding.ts'
import { noneFailed, servedFindings } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'
import { DEFECTS, ReplaceableApplication } from './supervision/replaceable-application.ts'

interface Reloading {
  readonly server: ServerUnderFaults
  readonly application: ReplaceableApplication
  readonly tell: Tell
}

export const reloads = faultScript({
  name: 'reloads',
  title: 'reloads in a row under load: to new code, then to code that cannot start',
  options: {
    reloads: { default: 20, help: 'to code that starts' },
    broken: { default: 20, help: 'to code that does not: syntax errors, imports that raise' },
    ...LOAD_OPTIONS,
    ...SERVER_OPTIONS,
  },
  async run({ reloads: count, broken, connections, workMs, pauseMs, python, checkout }, tell) {
    using application = new ReplaceableApplication()
    await using server = await ServerUnderFaults.start({
      application: application.name,
      options: application.options,
      python,
      checkout,
    })
    await using clients = new ClosedClients()
    const plan = { port: server.port, connections, path: `/work/${workMs}`, pauseMs }
    const reloading = { server, application, tell }
    await clients.begin(plan)
    const toGood = await reloadToGood(reloading, count)
    const besideGood = await clients.end()
    await clients.begin(plan)
    const toBroken = await reloadToBroken(reloading, broken, String(count + 1))
    const besideBroken = await clients.end()
    return [
      ...servedFindings('beside reloads', besideGood),
      noneFailed('beside reloads', besideGood),
      ...toGood,
      ...servedFindings('beside broken reloads', besideBroken),
      noneFailed('beside broken reloads', besideBroken),
      ...toBroken,
    ]
  },
})

/** To versions 2, 3, …: each has to serve when the command has ended. */
async function reloadToGood(reloading: Reloading, count: number): Promise<readonly Finding[]> {
  const { server, application, tell } = reloading
  const times: number[] = []
  const wrong: string[] = []
  for (let reload = 1; reload <= count; reload++) {
    const version = String(reload + 1)
    application.write(version)
    const { code, stderr, ms } = await server.command('reload')
    times.push(ms * 1000)
    const served = await servedVersion(server)
    if (code !== 0 || served !== version)
      wrong.push(`version ${served} (status ${code ?? 'none'}): ${stderr}`)
    tell(`reload ${reload}: status ${code ?? 'none'}, ${ms.toFixed(0)} ms, version ${served} serves`)
  }
  const { median, max } = summarize(times)
  return [
    figure('gantry reload took', `${formatFigure(median, 'time')}, longest ${formatFigure(max, 'time')}`),
    demand('reloads done, and the new code serves', wrong[0] ?? count, `${count}`, wrong.length === 0),
  ]
}

/** To each defect in turn: `version` has to go on serving. */
async function reloadToBroken(
  reloading: Reloading,
  count: number,
  version: string,
): Promise<readonly Finding[]> {
  const { server, application, tell } = reloading
  const wrong: string[] = []
  for (let reload = 1; reload <= count; reload++) {
    const defect = DEFECTS[reload % DEFECTS.length]!
    application.break(defect)
    const { code, stdout, stderr } = await server.command('reload')
    const served = await servedVersion(server)
    const isTold = code !== 0 && defect.reason.test(stdout + stderr)
    if (!isTold || served !== version)
      wrong.push(`version ${served}, status ${code ?? 'none'}: ${stdout}${stderr}`)
    tell(`broken reload ${reload}: status ${code ?? 'none'}, version ${served} serves`)
  }
  return [
    demand(
      'reloads refused with their reason, the old code serves',
      wrong[0] ?? count,
      `${count}`,
      wrong.length === 0,
    ),
  ]
}

async function servedVersion(server: ServerUnderFaults): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/version`, { headers: { connection: 'close' } })
  return await answer.text()
}
