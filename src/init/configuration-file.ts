// The gantry.toml that `gantry init` proposes: what was found, and what people set most often, as comments.

import type { Project } from './project.ts'

/** What else is asked for, which the file has to fit. */
export interface Surroundings {
  /** A proxy on the same machine. */
  readonly hasProxy: boolean
}

export function configurationFile(project: Project, { hasProxy }: Surroundings): string {
  const [application, ...others] = project.applications
  return [
    '# How Gantry serves this application: `gantry` alone, in this folder, does. Every option can be set here by the name of its flag;',
    '# docs/reference/options.md explains them, `gantry --help` lists them. A flag or a variable wins over this file.',
    '',
    `# ${application?.because ?? ''}.`,
    `application = ${JSON.stringify(application?.application ?? '')}`,
    ...others.map((each) => `# application = ${JSON.stringify(each.application)}  # ${each.because}`),
    '',
    ...(project.isScript ? scriptLines() : pythonLines(project)),
    '',
    '# Where to listen. In a container :8000; behind nginx on this machine a Unix socket will do, too.',
    '# bind = ["127.0.0.1:8000"]',
    ...proxyLines(hasProxy),
    '',
    '# The longest the application may work on a request; the client is answered 504 then, and the log has the stack.',
    '# request-timeout = "30s"',
    '# How long accepted requests may go on when the server stops.',
    '# shutdown-timeout = "30s"',
    '# The largest request body.',
    '# max-body-bytes = "1GiB"',
    '',
    '# Files that the server sends by itself: the path of their URLs, and the directory.',
    '# static = { "/static" = "static" }',
    '',
    '# A line for each request, to standard output.',
    'access-log = "-"',
    '',
  ].join('\n')
}

const pythonLines = ({ environment }: Project): readonly string[] => [
  environment === undefined
    ? '# The interpreter. Without this line: $VIRTUAL_ENV, else .venv or venv in this folder, else python3.'
    : `# The interpreter. ${environment} in this folder is found without this line.`,
  '# python = ".venv/bin/python"',
  '',
  '# Processes, as many as CPUs without this line, or a range such as "2:8" that follows the load.',
  '# workers = 4',
  '# Requests that each of them serves at a time. 1 for code that is not safe for threads.',
  'threads = 4',
  '# Workers are replaced, one by one, when their memory has grown so far.',
  '# max-rss = "512MiB"',
]

const scriptLines = (): readonly string[] => [
  '# Processes, as many as CPUs without this line.',
  '# fronts = 2',
]

const proxyLines = (hasProxy: boolean): readonly string[] => [
  '# The proxies to believe when they say who the client is. Others are not believed.',
  hasProxy ? 'trusted-proxies = ["127.0.0.1", "unix"]' : '# trusted-proxies = ["127.0.0.1"]',
]
