// The command `npm run bench:report`: writes docs/reference/performance.md and its charts from bench/results/*.json.
// With a folder of results and a folder to write to, a look at a run that is not published.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { REPOSITORY, RESULTS } from './place.ts'
import { renderReportFiles } from './report/report-files.ts'

const [results = RESULTS, folder = join(REPOSITORY, 'docs', 'reference')] = process.argv.slice(2)

const files = await renderReportFiles(results)
await rm(join(folder, 'performance'), { recursive: true, force: true })
for (const [name, content] of files) {
  await mkdir(dirname(join(folder, name)), { recursive: true })
  await writeFile(join(folder, name), content)
}
process.stdout.write(`${files.size} files written to ${folder}\n`)
