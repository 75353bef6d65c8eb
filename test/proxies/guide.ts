// The configurations that the guide shows, put in place of the test: what people copy is what is tested.

import { readFileSync } from 'node:fs'
import { REPOSITORY } from '../harness/gantry-process.ts'

const PAGE = 'docs/guide/behind-a-proxy.md'
const GANTRY_ADDRESS = '127.0.0.1:8000'

export interface GuidePlace {
  /** Where the proxy listens. */
  readonly port: number
  readonly gantryPort: number
}

/** The block of a language in the section with that heading, for a proxy on `port` in front of Gantry on `gantryPort`. */
export function guideBlock(section: string, language: string, { port, gantryPort }: GuidePlace): string {
  const text = guideText(section, language)
  const addressed = replaceOnce(text, GANTRY_ADDRESS, `127.0.0.1:${gantryPort}`)
  return language === 'haproxy'
    ? replaceOnce(addressed, 'bind :80', `bind 127.0.0.1:${port}`)
    : replaceOnce(addressed, 'listen 80;', `listen 127.0.0.1:${port};`)
}

/** The arguments of the section's gantry command, behind the application. */
export function guideArguments(section: string): string[] {
  const [program, , ...options] = guideText(section, 'sh').trim().split(/\s+/)
  if (program !== 'gantry') throw new Error(`${PAGE}: the command of ${section} is not gantry`)
  return options
}

/** The section and the language of every block. */
export function guideBlocks(): string[] {
  const sections = readFileSync(`${REPOSITORY}${PAGE}`, 'utf8').split(/^## /m)
  return sections.flatMap((text) => {
    const heading = text.slice(0, text.indexOf('\n'))
    return [...text.matchAll(/^```(\w+)$/gm)].map((match) => `${heading}: ${match[1]!}`)
  })
}

/** As it stands on the page. */
export function guideText(section: string, language: string): string {
  const page = readFileSync(`${REPOSITORY}${PAGE}`, 'utf8')
  const sections = page.split(/^## /m).filter((text) => text.startsWith(`${section}\n`))
  const blocks = sections.flatMap((text) => [
    ...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')),
  ])
  if (blocks.length !== 1) throw new Error(`${PAGE}: ${blocks.length} ${language} blocks under ${section}`)
  return blocks[0]![1]!
}

/** Replaces what must stand there exactly once: a page that says it otherwise is no longer what is tested. */
export function replaceOnce(text: string, from: string, to: string): string {
  const parts = text.split(from)
  if (parts.length !== 2) throw new Error(`"${from}" stands ${parts.length - 1} times in:\n${text}`)
  return parts.join(to)
}
