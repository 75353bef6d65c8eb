// The manifests that `gantry init --kubernetes` proposes: a Deployment whose times fit together, and a Service.

import type { Project } from './project.ts'

/** Load balancers and proxies hear of an end within this time. */
const LAME_DUCK_S = 10
const SHUTDOWN_S = 30
/** For what Gantry needs beyond both, and for a kubelet that is busy. */
const SPARE_S = 10

export const kubernetesManifests = ({
  name,
}: Project): string => `# The image is that of the Dockerfile: gantry init --docker.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels:
    app: ${name}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${name}
  strategy:
    rollingUpdate:
      maxUnavailable: 0
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      # Longer than GANTRY_LAME_DUCK and GANTRY_SHUTDOWN_TIMEOUT together.
      terminationGracePeriodSeconds: ${LAME_DUCK_S + SHUTDOWN_S + SPARE_S}
      # Variables for each service of the namespace would be of no use.
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
      containers:
        - name: ${name}
          image: ${name}:latest
          env:
            - name: GANTRY_BIND
              value: ":8000"
            # After SIGTERM it goes on serving for so long, while /-/ready already fails: what a preStop hook with a sleep would be for.
            - name: GANTRY_LAME_DUCK
              value: "${LAME_DUCK_S}s"
            - name: GANTRY_SHUTDOWN_TIMEOUT
              value: "${SHUTDOWN_S}s"
            # The network of the ingress, which says who the client is:
            # - name: GANTRY_TRUSTED_PROXIES
            #   value: "10.0.0.0/8"
          ports:
            - name: http
              containerPort: 8000
          # All three are answered by the front, however busy the workers are.
          startupProbe:
            httpGet:
              path: /-/ready
              port: http
            periodSeconds: 2
            failureThreshold: 45
          readinessProbe:
            httpGet:
              path: /-/ready
              port: http
            periodSeconds: 2
          livenessProbe:
            httpGet:
              path: /-/live
              port: http
            periodSeconds: 10
          resources:
            requests:
              cpu: 500m
              memory: 256Mi
            limits:
              memory: 1Gi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            # Large request bodies, and the socket of gantry status.
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir: {}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  labels:
    app: ${name}
spec:
  selector:
    app: ${name}
  ports:
    - name: http
      port: 80
      targetPort: http
`
