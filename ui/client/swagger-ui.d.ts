/** The part of Swagger UI that is used. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  export default function SwaggerUI(options: {
    domNode: Element | null;
    url: string;
    deepLinking: boolean;
    validatorUrl: null;
    defaultModelsExpandDepth: number;
    docExpansion: 'list';
    requestInterceptor: (request: { headers: Record<string, string> }) => object;
  }): void;
}
