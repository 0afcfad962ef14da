import { weatherOf } from '#db/samples/weather-service';

/**
 * A small API of another system, played by this server, so that the sample that calls out works without any network.
 * It reads no data of anybody and needs no sign-in; a caller in a hurry is told to wait.
 */
const perSecond = 100;
let [second, asked] = [0, 0];

export function GET(request: Request): Response {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) [second, asked] = [now, 0];
  asked += 1;
  if (asked > perSecond) return answer({ error: 'too many requests' }, 429, { 'Retry-After': '1' });
  const query = new URL(request.url).searchParams;
  const [city, date] = [query.get('q') ?? '', query.get('date') ?? undefined];
  if (city === '') return answer({ error: 'name a city: ?q=Seattle' }, 400);
  const weather = weatherOf(city.slice(0, 100), date?.slice(0, 10));
  return weather ? answer(weather, 200) : answer({ error: 'no weather for this place and day; try ?q=Seattle&date=2012-01-05 (2012 to 2015)' }, 404);
}

function answer(body: object, status: number, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store', ...headers } });
}
