//go:build tools

// Package tools pins the Kubernetes binaries that the tests run against. The module exists because
// `go install k8s.io/kubernetes/cmd/...@version` is refused: its go.mod has replace lines, which are
// repeated here at the published versions of the same modules.
package tools

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
