// The direction of imports, as ARCHITECTURE.md draws it: cli → server → parts → foundations.
const CODECS = 'http|cgi|fastcgi|scgi|uwsgi'
const FOUNDATIONS = `^src/(wsgi|${CODECS}|config|errors)`

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: '^src/(cli/main|index|wsgi/index|middleware/index|adapters/index|testing/index)\\.ts$',
      },
      to: {},
    },
    {
      name: 'foundations-stand-alone',
      comment: 'wsgi, the codecs, config and errors know nothing of what is built on them.',
      severity: 'error',
      from: { path: FOUNDATIONS },
      to: { path: '^src/', pathNot: FOUNDATIONS },
    },
    {
      name: 'codecs-do-no-io',
      comment: 'wsgi/, the codecs of the protocols and that of frames do no I/O and read no clock.',
      severity: 'error',
      from: { path: `^src/(wsgi|${CODECS}|workers/frames)` },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?buffer$' },
    },
    {
      name: 'gateways-know-no-application',
      comment:
        'A gateway turns bytes into a request and an answer into bytes; server/ introduces it to an application.',
      severity: 'error',
      from: { path: '^src/gateways' },
      to: { path: '^src/(workers|applications|adapters|middleware|testing|server|cli)' },
    },
    {
      name: 'applications-know-no-gateway',
      severity: 'error',
      from: { path: '^src/(workers|applications|adapters|middleware|testing)' },
      to: { path: '^src/(gateways|server|cli)' },
    },
    {
      name: 'observe-is-a-part',
      severity: 'error',
      from: { path: '^src/observe' },
      to: { path: '^src/(gateways|workers|applications|adapters|middleware|testing|server|cli)' },
    },
    {
      name: 'proposals-know-no-server',
      comment:
        'migration/ and init/ write configurations: the option table is all that they need, and a script of the package.',
      severity: 'error',
      from: { path: '^src/(migration|init)' },
      to: { path: '^src/', pathNot: '^src/(migration|init|config|errors|io/package-files)' },
    },
    {
      name: 'server-knows-no-cli',
      severity: 'error',
      from: { path: '^src/server' },
      to: { path: '^src/cli' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
    doNotFollow: { path: 'node_modules' },
  },
}
