// What makes a server reload by itself: files that are touched (--reload-on), and sources that change (--reload).

import { relative } from 'node:path'
import { SourceWatch } from './source-watch.ts'
import type { SupervisedSettings } from './supervised-settings.ts'
import { watchTouches } from './touched-file.ts'

type Watched = Pick<SupervisedSettings, 'reload' | 'reloadOn' | 'chdir' | 'pythonpath' | 'isScript'>

export interface TriggerEffects {
  reload(why: string): void
  /** --reload does not see all changes. */
  incomplete(reason: string): void
}

/** Of Python, and of TypeScript that stands in front of it. JavaScript is most often what such an application only serves. */
const PYTHON_SOURCE = /\.(py|[cm]?ts)$|^gantry\.(toml|config\.[cm]?js)$/
const SCRIPT_SOURCE = /\.(py|[cm]?[jt]sx?|json)$|^gantry\.toml$/
/** So many are named. */
const NAMED = 3

export class ReloadTriggers {
  readonly #effects: TriggerEffects
  #watched = ''
  #end: () => void = () => undefined

  constructor(effects: TriggerEffects) {
    this.#effects = effects
  }

  /** From now on what these settings name counts. */
  follow({ reload, reloadOn, chdir, pythonpath, isScript }: Watched): void {
    const watched = JSON.stringify([reload, reloadOn, chdir, pythonpath, isScript])
    // What goes on being watched misses nothing meanwhile.
    if (watched === this.#watched) return
    this.end()
    this.#watched = watched
    const ends = reloadOn.map((file) => watchTouches(file, () => this.#effects.reload(`${file} was touched`)))
    if (reload) ends.push(this.#watchSources([...new Set([chdir, ...pythonpath])], isScript))
    this.#end = () => ends.forEach((end) => end())
  }

  end(): void {
    this.#end()
    this.#end = () => undefined
    this.#watched = ''
  }

  #watchSources(directories: readonly string[], isScript: boolean): () => void {
    const source = isScript ? SCRIPT_SOURCE : PYTHON_SOURCE
    const watch = new SourceWatch(directories, (name) => source.test(name), {
      changed: (paths) => this.#effects.reload(changeText(paths, directories)),
      incomplete: (reason) => this.#effects.incomplete(reason),
    })
    void watch.begin()
    return () => watch.end()
  }
}

/** `shop/views.py changed`, or `shop/views.py, shop/urls.py and 3 more changed`. */
function changeText(paths: readonly string[], directories: readonly string[]): string {
  const names = paths.slice(0, NAMED).map((path) => shortName(path, directories))
  const more = paths.length - names.length
  return `${names.join(', ')}${more === 0 ? '' : ` and ${more} more`} changed`
}

function shortName(path: string, directories: readonly string[]): string {
  const names = directories
    .map((directory) => relative(directory, path))
    .filter((name) => !name.startsWith('..'))
  return names[0] ?? path
}
