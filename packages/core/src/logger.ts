export type LogType = 'VERBOSE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'NONE'

/** Somewhere else that log lines go. */
export interface LoggingProvider {
  getProviderName(): string
  getCategoryName(): string
  configure(config?: object): object
  pushLogs(logs: { timestamp: number | undefined; message: string | undefined }[]): void
}

const levels: string[] = ['VERBOSE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'NONE'] satisfies LogType[]

/** A logger with a name and a level. `LOG_LEVEL`, here or on the page's global object, overrules the level of each. */
export class ConsoleLogger {
  static LOG_LEVEL: string | null = null
  /** Gives `info` and `debug` to the console's methods of that name, which the developer tools may hide. */
  static BIND_ALL_LOG_LEVELS = false

  readonly name: string
  level: LogType | (string & {})
  private readonly pluggables: LoggingProvider[] = []
  private config?: object

  constructor(name: string, level: LogType | (string & {}) = 'WARN') {
    this.name = name
    this.level = level
  }

  configure(config?: object): object | undefined {
    if (config) this.config = config
    return this.config
  }

  log(...message: unknown[]): void {
    this.write('INFO', message)
  }
  info(...message: unknown[]): void {
    this.write('INFO', message)
  }
  warn(...message: unknown[]): void {
    this.write('WARN', message)
  }
  error(...message: unknown[]): void {
    this.write('ERROR', message)
  }
  debug(...message: unknown[]): void {
    this.write('DEBUG', message)
  }
  verbose(...message: unknown[]): void {
    this.write('VERBOSE', message)
  }

  addPluggable(pluggable: LoggingProvider): void {
    if (pluggable?.getCategoryName() !== 'Logging') return
    this.pluggables.push(pluggable)
    pluggable.configure(this.config)
  }

  listPluggables(): LoggingProvider[] {
    return this.pluggables
  }

  private write(type: LogType, message: unknown[]): void {
    const level = (globalThis as { LOG_LEVEL?: string }).LOG_LEVEL || ConsoleLogger.LOG_LEVEL || this.level
    // A level that does not exist silences, as NONE does.
    if (!levels.includes(level) || levels.indexOf(type) < levels.indexOf(level)) return

    const now = new Date()
    const two = (value: number) => `${value}`.padStart(2, '0')
    const prefix = `[${type}] ${two(now.getMinutes())}:${two(now.getSeconds())}.${now.getMilliseconds()} ${this.name}`
    const [first, ...rest] = message
    const line =
      typeof first === 'string'
        ? [`${prefix} - ${first}`, ...(rest.length > 1 ? [rest] : rest)]
        : [prefix, rest.length > 0 ? message : first]

    if (type === 'ERROR') console.error(...line)
    else if (type === 'WARN') console.warn(...line)
    else if (type === 'INFO' && ConsoleLogger.BIND_ALL_LOG_LEVELS) console.info(...line)
    else if (type === 'DEBUG' && ConsoleLogger.BIND_ALL_LOG_LEVELS) console.debug(...line)
    else console.log(...line)

    for (const pluggable of this.pluggables)
      pluggable.pushLogs([{ message: line.join(' '), timestamp: now.getTime() }])
  }
}
