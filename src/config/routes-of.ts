// What holds for the requests of some paths, of all that was said of them.
import type { OptionValues } from './options.ts'
import type { RouteSettings } from './options/routes.ts'

/** A path prefix as request targets have it, empty for every path, and what holds below it. */
export interface Route {
  readonly path: string
  readonly settings: RouteSettings
}

/** The longest first. Each has what shorter ones say besides, so that the first that fits a request says all. */
export function routesOf({
  routes,
  streamRequests,
}: Pick<OptionValues, 'routes' | 'streamRequests'>): readonly Route[] {
  const streamed = streamRequests.map((key) => ({ key, name: 'streamRequests', value: true }))
  // What a route says of its own comes after what a list says.
  const said = [...streamed, ...routes]
  const paths = [...new Set(said.map(({ key }) => key))].sort((one, other) => one.length - other.length)
  return paths
    .map((path) => {
      const around = paths.filter((other) => isUnder(other, path))
      const settings = around.flatMap((other) => said.filter(({ key }) => key === other))
      return { path, settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])) }
    })
    .reverse()
}

const isUnder = (prefix: string, path: string): boolean =>
  path === prefix || path.startsWith(`${prefix}/`) || prefix === ''
