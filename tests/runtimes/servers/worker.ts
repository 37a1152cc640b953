// A worker at the edge: plays one journey per request.
import { play } from './play.js'

export default {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url)
    return Response.json(await play(searchParams.get('sandbox')!, searchParams.get('name')!))
  },
}
