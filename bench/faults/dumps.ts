// `npm run faults -- dumps`: the stacks of all requests in flight, asked for again and again.
import { ClosedClients } from './clients/closed-clients.ts'
import { faultScript } from './fault-script.ts'
import { demand } from './finding.ts'
import { noneFailed, servedFindings } from './load-findings.ts'
import { LOAD_OPTIONS, SERVER_OPTIONS } from './load-options.ts'
import { Rest } from './server/rest.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'

const RETURN_DEADLINE_MS = 10_000

export const dumps = faultScript({
  name: 'dumps',
  title: '`gantry dump` under load',
  options: {
    dumps: { default: 50, help: 'one after the other' },
    ...LOAD_OPTIONS,
    // What ends between two looks has no stack: with short requests that would at times be all.
    workMs: { ...LOAD_OPTIONS.workMs, default: 50 },
    ...SERVER_OPTIONS,
  },
  async run({ dumps: count, connections, workMs, pauseMs, python, checkout }, tell) {
    await using server = await ServerUnderFaults.start({ python, checkout })
    const rest = new Rest(server)
    await using clients = new ClosedClients()
    await clients.begin({ port: server.port, connections, path: `/work/${workMs}`, pauseMs })
    const wrong: string[] = []
    for (let dump = 1; dump <= count; dump++) {
      const { code, stdout, stderr, ms } = await server.command('dump')
      // Where the application is while it takes its time.
      if (code !== 0 || !/in work\b/.test(stdout)) wrong.push(`status ${code ?? 'none'}: ${stdout}${stderr}`)
      if (dump % 10 === 0) tell(`${dump} of ${count}, the last one in ${ms.toFixed(0)} ms`)
    }
    const figures = await clients.end()
    await rest.returned(RETURN_DEADLINE_MS)
    return [
      ...servedFindings('beside dumps', figures),
      noneFailed('beside dumps', figures),
      demand('dumps with the stacks of requests', wrong[0] ?? count, `${count}`, wrong.length === 0),
      ...rest.findings(),
    ]
  },
})
