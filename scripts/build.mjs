// Makes dist/: the declarations of every module, and the code of the package's entries, each with what it needs in a few chunks that
// they share. A module costs Node a millisecond to find and load, and a front has more than three hundred.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const { bin, engines, exports } = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8'))

// Nothing of an earlier build is left: a source file may be gone.
rmSync(`${REPOSITORY}dist`, { recursive: true, force: true })

const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: REPOSITORY, stdio: 'inherit' })
if (status !== 0) process.exit(1)

const entries = [
  ...Object.values(bin),
  ...Object.values(exports).flatMap(({ default: entry }) => entry ?? []),
]
await build({
  absWorkingDir: REPOSITORY,
  entryPoints: entries.map((entry) => entry.replace(/^(\.\/)?dist\//, 'src/').replace(/js$/, 'ts')),
  outdir: 'dist',
  outbase: 'src',
  // As deep as the modules of src/ that ask where they are (src/io/package-files.ts).
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: `node${engines.node.replace(/[^0-9.]/g, '')}`,
  legalComments: 'none',
  logLevel: 'warning',
})
