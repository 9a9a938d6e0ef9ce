// Command informers watches Applications and Secrets with client-go as controllers do, and says on standard output
// what it saw: one JSON object a line. For each line that it reads it says how many requests it has sent so far.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

var applications = schema.GroupVersionResource{
	Group: "applicationconnector.kyma-project.io", Version: "v1alpha1", Resource: "applications",
}

// counter counts requests by what they ask for and how they were answered.
type counter struct {
	lock   sync.Mutex
	counts map[string]int
}

type countingTransport struct {
	*counter
	inner http.RoundTripper
}

func (c countingTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := c.inner.RoundTrip(request)
	status := "failed"
	if err == nil {
		status = fmt.Sprint(response.StatusCode)
	}
	verb := "list"
	switch query := request.URL.Query(); {
	case query.Get("sendInitialEvents") == "true":
		verb = "watch-list"
	case query.Get("watch") != "":
		verb = "watch"
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	c.counts[verb+" "+request.URL.Path+" "+status]++
	return response, err
}

func (c *counter) say() {
	c.lock.Lock()
	defer c.lock.Unlock()
	say(map[string]any{"requests": c.counts})
}

var output sync.Mutex

func say(value any) {
	output.Lock()
	defer output.Unlock()
	line, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func saw(event string, object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	kind := "Application"
	if _, ok := object.(*corev1.Secret); ok {
		kind = "Secret"
	}
	meta := object.(metav1.Object)
	say(map[string]any{"event": event, "kind": kind, "name": meta.GetName(), "labels": meta.GetLabels()})
}

func handler() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { saw("added", object) },
		UpdateFunc: func(before, after any) {
			// A list that is read again brings objects that have not changed.
			if before.(metav1.Object).GetResourceVersion() != after.(metav1.Object).GetResourceVersion() {
				saw("updated", after)
			}
		},
		DeleteFunc: func(object any) { saw("deleted", object) },
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(err)
	counted := &counter{counts: map[string]int{}}
	config.Wrap(func(inner http.RoundTripper) http.RoundTripper {
		return countingTransport{counted, inner}
	})
	typed, err := kubernetes.NewForConfig(config)
	must(err)
	free, err := dynamic.NewForConfig(config)
	must(err)

	stop := make(chan struct{})
	secrets := informers.NewSharedInformerFactoryWithOptions(typed, 0, informers.WithNamespace("default"))
	_, err = secrets.Core().V1().Secrets().Informer().AddEventHandler(handler())
	must(err)
	custom := dynamicinformer.NewDynamicSharedInformerFactory(free, 0)
	_, err = custom.ForResource(applications).Informer().AddEventHandler(handler())
	must(err)
	secrets.Start(stop)
	custom.Start(stop)
	secrets.WaitForCacheSync(stop)
	custom.WaitForCacheSync(stop)
	say(map[string]any{"event": "synced"})

	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		counted.say()
	}
	close(stop)
}
