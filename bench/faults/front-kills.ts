// `npm run faults -- front-kills`: kill -9 of one front after the other, while another lives.
import { ClosedClients } from './clients/closed-clients.ts'
import { faultScript, type Tell } from './fault-script.ts'
import { demand, figure, type Finding } from './finding.ts'
import { describe, failuresOf, servedFindings } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { countConnections } from './server/count-connections.ts'
import { descriptorsOf, ServerUnderFaults } from './server/server-under-faults.ts'
import { settles } from './server/settles.ts'
import { servingWorkers } from './supervision/serving-workers.ts'

const BACK_DEADLINE_MS = 20_000
// Younger ones would be thought unable to live, and be replaced only after a pause.
const OLD_ENOUGH_MS = 1_200
// Clients come anew all the time: a front that has just started gets its share of them, and a socket that refuses shows at once.
const REQUESTS_PER_CONNECTION = 20

export const frontKills = faultScript({
  name: 'front-kills',
  title: 'kill -9 of a random front, again and again, while another lives',
  options: {
    kills: { default: 20, help: 'of fronts' },
    fronts: { default: 2, help: 'that serve' },
    ...LOAD_OPTIONS,
    ...SERVER_OPTIONS,
  },
  async run({ kills, fronts, connections, workMs, pauseMs, python, checkout }, tell) {
    await using server = await ServerUnderFaults.start({
      fronts,
      workers: fronts,
      options: ['--max-requests-per-connection', String(REQUESTS_PER_CONNECTION)],
      python,
      checkout,
    })
    await using clients = new ClosedClients()
    await clients.begin({ port: server.port, connections, path: `/work/${workMs}`, pauseMs })
    const held = await killFronts(server, clients, { kills, fronts }, tell)
    const figures = await clients.end()
    const { refused = 0, closed = 0, reset = 0, cut = 0, ...others } = failuresOf(figures)
    const lost = closed + reset + cut
    return [
      ...servedFindings('requests', figures),
      figure('connections of the killed fronts', held),
      demand('requests lost with them', lost, `at most ${held}`, lost <= held),
      demand('connections refused', refused, '0', refused === 0),
      demand('failed otherwise', describe(others), '0', Object.keys(others).length === 0),
      await workersFinding(server, fronts),
    ]
  },
})

/** Resolves with how many connections they held, all together. */
async function killFronts(
  server: ServerUnderFaults,
  clients: ClosedClients,
  { kills, fronts }: { readonly kills: number; readonly fronts: number },
  tell: Tell,
): Promise<number> {
  let held = 0
  for (let kill = 1; kill <= kills; kill++) {
    await allServe(server, clients, fronts)
    const living = server.fronts
    const victim = living[Math.floor(Math.random() * living.length)]!
    // What it holds must not change between the count and its end.
    process.kill(victim, 'SIGSTOP')
    held += countConnections(descriptorsOf(victim), server.port)
    process.kill(victim, 'SIGKILL')
    tell(`kill ${kill} of ${kills}; so far failed: ${describe(failuresOf(await clients.tell()))}`)
  }
  await allServe(server, clients, fronts)
  return held
}

/** Each front has a worker of its own, which shows that it serves. */
async function allServe(server: ServerUnderFaults, clients: ClosedClients, fronts: number): Promise<void> {
  const areThere = async (): Promise<boolean> => {
    if (server.fronts.length !== fronts) return false
    const serving = await servingWorkers(clients, fronts, BACK_DEADLINE_MS)
    return serving.every(({ ageMs, pid }) => ageMs > OLD_ENOUGH_MS && server.pythonProcesses.includes(pid))
  }
  if (await settles(areThere, BACK_DEADLINE_MS)) return
  throw new Error(`the fronts are not back after ${BACK_DEADLINE_MS} ms:\n${server.logTail}`)
}

/** Those of a killed front end by themselves. */
async function workersFinding(server: ServerUnderFaults, workers: number): Promise<Finding> {
  const isMet = await settles(() => server.pythonProcesses.length === workers, BACK_DEADLINE_MS)
  return demand('workers at the end', server.pythonProcesses.length, `${workers}`, isMet)
}
