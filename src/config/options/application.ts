// What is served, and what it is imported with.
import { argument, optional, repeatable, single, type Place } from '../option.ts'
import { toggle } from '../toggle.ts'
import { COMMAND, DIRECTORY, ENVIRONMENT_ENTRY, SCRIPT_NAME, SEARCH_DIRECTORY } from '../value-types.ts'

export const APPLICATION = {
  application: argument({
    group: 'Application',
    metavariable: 'APP',
    variable: 'GANTRY_APP',
    type: COMMAND,
    help: 'What to serve. Python: package.module:attribute, package.module (its `application`, else its `app`), a factory call such as "module:create_app()", or a file of the working directory, path/app.py[:attribute]. TypeScript or JavaScript: a file, ./app.ts[:name].',
    since: '0.1.0',
    isCommon: true,
  }),
  python: optional({
    group: 'Application',
    metavariable: 'PATH',
    type: COMMAND,
    unset: '$VIRTUAL_ENV, else .venv or venv in the working directory, else python3 in PATH',
    help: 'The Python interpreter: a path, or the name of a command in PATH.',
    since: '0.1.0',
    isCommon: true,
  }),
  chdir: single({
    group: 'Application',
    metavariable: 'DIR',
    type: DIRECTORY,
    default: { from: (place: Place) => place.startDirectory, description: 'where gantry was started' },
    help: 'The working directory of the application, from which it is imported.',
    since: '0.1.0',
    isCommon: true,
  }),
  pythonpath: repeatable({
    group: 'Application',
    metavariable: 'DIR',
    type: SEARCH_DIRECTORY,
    separator: ':',
    default: [],
    help: 'A further directory to import from, after the working directory.',
    since: '0.1.0',
  }),
  env: repeatable({
    group: 'Application',
    metavariable: 'NAME=VALUE',
    short: '-e',
    type: ENVIRONMENT_ENTRY,
    separator: '\n',
    default: [],
    help: 'An environment variable for the application, besides those that gantry itself was started with.',
    since: '0.1.0',
    isCommon: true,
  }),
  scriptName: single({
    group: 'Application',
    metavariable: 'PREFIX',
    type: SCRIPT_NAME,
    default: '',
    help: 'The path that the application is mounted under, such as /shop: it becomes SCRIPT_NAME and is cut off PATH_INFO. A path outside of it, as from a proxy that has cut it off already, stays whole.',
    since: '0.1.0',
  }),
  lint: toggle({
    group: 'Application',
    help: 'Says in the log, once for each path, where the application does not keep to PEP 3333: the rule, where it stands, and what was there instead. Answers stay as they are. For development; it costs time.',
    since: '0.1.0',
  }),
}
