import { flowDefinition, type FlowDefinition } from '#flow/flow';
import { ownAddress, type NewConnector, type NewEndpoint } from '#flow/integration';
import { text, type Text } from '#flow/text';
import type { NewComponent } from '../components';

type Say = (words: Text) => string;

/** The weather sample that asks an API instead of a file; the API is this server's own. */
export const weatherSystem = (say: Say) => ({
  name: say(text('Weather', 'Météo')), environment: say(text('sample', 'exemple')),
  description: say(text('A small weather service that this server plays itself: Seattle, 2012 to 2015.', 'Un petit service météo que ce serveur joue lui-même : Seattle, de 2012 à 2015.')),
});

export const weatherConnector = (say: Say, systemId: string): NewConnector => ({ systemId, name: say(text('This server', 'Ce serveur')), address: `${ownAddress}/samples`, allowPrivate: true });

export const weatherEndpoint = (say: Say): Omit<NewEndpoint, 'connectorId'> => ({
  name: say(text('Weather of a day', 'Météo d’un jour')), path: '/weather', methods: ['Get'],
  parameters: [{ name: 'q', in: 'query', type: 'string', required: true }, { name: 'date', in: 'query', type: 'date' }],
  responseSchema: {
    type: 'object', required: ['city', 'date', 'temp'],
    properties: { city: { type: 'string' }, date: { type: 'string' }, temp: { type: 'object', properties: { max: { type: 'number' }, min: { type: 'number' } } }, rain_mm: { type: 'number' }, wind: { type: 'number' }, description: { type: 'string' } },
  },
});

export function cityComponent(say: Say): NewComponent {
  return {
    title: say(text('City weather', 'Météo d’une ville')),
    fields: [
      { name: 'city', title: say(text('City', 'Ville')), type: 'string', required: true, query: true, maxLength: 100 }, { name: 'day', title: say(text('Day', 'Jour')), type: 'date', required: true, query: true },
      { name: 'warmest', title: say(text('Warmest (°C)', 'Maximum (°C)')), type: 'number' }, { name: 'coldest', title: say(text('Coldest (°C)', 'Minimum (°C)')), type: 'number' },
      { name: 'rain', title: say(text('Rain (mm)', 'Pluie (mm)')), type: 'number' }, { name: 'sky', title: say(text('Sky', 'Ciel')), type: 'string' },
    ],
    settings: { icon: 'globe', description: say(text(
      'Cities and days whose weather a flow asks from an API: open an entry and press the button.\nThe API is played by this server, so it needs no network.',
      'Des villes et des jours dont un flux demande la météo à une API : ouvrez une entrée et appuyez sur le bouton.\nL’API est jouée par ce serveur, aucun réseau n’est nécessaire.')) },
  };
}

export const cityEntries = [{ city: 'Seattle', day: '2012-01-05' }, { city: 'Seattle', day: '2014-07-04' }];

export function askWeather(say: Say, ids: { componentId: string; systemId: string; connectorId: string; endpointId: string }): FlowDefinition {
  const { componentId, systemId, connectorId, endpointId } = ids;
  return flowDefinition.parse({
    schema: 1, kind: 'dataflow', name: say(text('Ask for the weather', 'Demander la météo')),
    settings: { description: say(text(
      'Calls the weather API with the city and day of an entry and keeps the answer in it.\nStart it from an entry of "City weather".',
      'Appelle l’API météo avec la ville et le jour d’une entrée et y garde la réponse.\nLancez-le depuis une entrée de « Météo d’une ville ».')) },
    lanes: [{ id: 'main', stages: [
      { id: 'stg_entry', name: say(text('The entry', 'L’entrée')), steps: [{ id: 'stp_entry', type: 'get-action-model', name: say(text('City and day', 'Ville et jour')) }] },
      { id: 'stg_ask', name: say(text('Ask the service', 'Demander au service')), steps: [{
        id: 'stp_call', type: 'execute-api-call', name: say(text('Call the weather API', 'Appeler l’API météo')), sources: { source: 'stp_entry' },
        params: { system: systemId, connector: connectorId, queryPath: endpointId, resultField: '_weather', parametersMapping: [{ target: 'query.q', value: { field: 'data.city' } }, { target: 'query.date', value: { field: 'data.day' } }] },
      }] },
      { id: 'stg_keep', name: say(text('Keep the answer', 'Garder la réponse')), steps: [
        { id: 'stp_keep', type: 'update-entry', name: say(text('Update the entry', 'Mettre à jour l’entrée')), sources: { source: 'stp_call' }, params: { component: componentId, keyField: 'id', fieldsMapping: [
          { target: 'city', value: { field: 'data.city' } }, { target: 'day', value: { field: 'data.day' } },
          { target: 'warmest', value: { field: '_weather.temp.max' } }, { target: 'coldest', value: { field: '_weather.temp.min' } }, { target: 'rain', value: { field: '_weather.rain_mm' } }, { target: 'sky', value: { field: '_weather.description' } },
        ] } },
        { id: 'stp_answer', type: 'write-response', name: say(text('Answer', 'Répondre')), sources: { source: 'stp_keep' } },
      ] },
    ] }],
  });
}
