// Which files `gantry init` proposes for a project, and what is in each.

import { configurationFile } from './configuration-file.ts'
import { dockerIgnore, dockerfile } from './dockerfile.ts'
import { kubernetesManifests } from './kubernetes-manifests.ts'
import { nginxSite } from './nginx-site.ts'
import type { Project } from './project.ts'
import { type UnitFacts, systemdUnits } from './systemd-unit.ts'

export const EXTRAS = ['docker', 'systemd', 'nginx', 'kubernetes'] as const
export type Extra = (typeof EXTRAS)[number]

export interface ProposedFile {
  /** Relative to the folder. */
  readonly path: string
  readonly text: string
  /** It may be there already, and is left alone then. */
  readonly isOptional?: true
}

export interface Facts extends UnitFacts {
  readonly version: string
}

export function proposedFiles(
  project: Project,
  extras: ReadonlySet<Extra>,
  facts: Facts,
): readonly ProposedFile[] {
  const { name } = project
  // Under systemd the address is the socket's: nginx finds it there.
  const server = extras.has('systemd') ? `unix:/run/${name}.sock` : '127.0.0.1:8000'
  const units = extras.has('systemd') ? systemdUnits(project, facts) : undefined
  return [
    { path: 'gantry.toml', text: configurationFile(project, { hasProxy: extras.has('nginx') }) },
    ...(extras.has('docker')
      ? [
          { path: 'Dockerfile', text: dockerfile(project, facts) },
          { path: '.dockerignore', text: dockerIgnore(), isOptional: true as const },
        ]
      : []),
    ...(units === undefined
      ? []
      : [
          { path: `deploy/${name}.service`, text: units.service },
          {
            path: `deploy/${name}.socket`,
            text: extras.has('nginx') ? behindNginx(units.socket, name) : units.socket,
          },
        ]),
    ...(extras.has('nginx')
      ? [{ path: `deploy/${name}.nginx.conf`, text: nginxSite(project, { server }) }]
      : []),
    ...(extras.has('kubernetes')
      ? [{ path: 'deploy/kubernetes.yaml', text: kubernetesManifests(project) }]
      : []),
  ]
}

/** The port is nginx's then, and the socket is for it alone. */
const behindNginx = (socket: string, name: string): string =>
  socket
    .replace('ListenStream=80\n', '')
    .replace(`#ListenStream=/run/${name}.sock`, `ListenStream=/run/${name}.sock`)
    .replace('#SocketUser=', 'SocketUser=')
    .replace('#SocketMode=', 'SocketMode=')
