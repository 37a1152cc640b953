export interface Fault {
  /** Service name, such as `cognito-idp`; any service where left out. */
  service?: string
  /** Answer with this HTTP status, in the service's own error shape. */
  status?: number
  /** Cut the connection without an answer. */
  drop?: boolean
  /** Wait this many milliseconds first. */
  delay?: number
  /** Refuse so many records of a batch, in the service's own way, and take the rest: for services that take events. */
  records?: number
  /** How many requests it befalls; 1 by default. */
  times?: number
}

export interface Faults {
  order(fault: Fault): void
  take(service: string): Fault | undefined
  clear(): void
}

export function createFaults(): Faults {
  let ordered: (Fault & { times: number })[] = []
  return {
    order: (fault) => ordered.push({ ...fault, times: fault.times ?? 1 }),
    take(service) {
      const fault = ordered.find((each) => !each.service || each.service === service)
      if (fault && --fault.times <= 0) ordered = ordered.filter((each) => each !== fault)
      return fault
    },
    clear: () => {
      ordered = []
    },
  }
}
