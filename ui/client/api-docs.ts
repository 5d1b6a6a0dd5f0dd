/** The page of the API documentation. Who is signed in may try the routes out with the session. */
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';

SwaggerUI({
  domNode: document.querySelector('#api'),
  url: '/api/openapi.json',
  deepLinking: true,
  // It would ask a server elsewhere.
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
  docExpansion: 'list',
  requestInterceptor(request) {
    request.headers['x-csrf-token'] = document.body.dataset['csrf'] ?? '';
    return request;
  },
});
