// Loaded into every process of Gantry before its own code (NODE_OPTIONS): records V8's profile of the front from its start
// to its end. Node 20 takes --cpu-prof from its command line only, and the front's is the supervisor's to write.
// Variables: BENCH_PROFILE, the file to write; BENCH_PROFILE_INTERVAL_US.
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'

if (process.argv.includes('gantry-front')) {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.setSamplingInterval', { interval: Number(process.env.BENCH_PROFILE_INTERVAL_US) })
  session.post('Profiler.start')
  process.once('exit', () => {
    // Within one process an answer comes before post returns.
    session.post('Profiler.stop', (error, answer) => {
      if (error === null) writeFileSync(process.env.BENCH_PROFILE, JSON.stringify(answer.profile))
    })
  })
}
