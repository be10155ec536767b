#include "tools/evaluator/evaluation.hpp"
#include "tools/evaluator/javascript_realm.hpp"
#include "tools/evaluator/stencil_cache.hpp"
#include "tools/evaluator/watchdog.hpp"

#include <js/CharacterEncoding.h>
#include <js/CompilationAndEvaluation.h>
#include <js/ContextOptions.h>
#include <js/Exception.h>
#include <js/Initialization.h>
#include <js/JSON.h>
#include <jsfriendapi.h>

#include <atomic>

namespace tutti::evaluator {

namespace javascript_detail {

using namespace std::chrono_literals;

// The engine stops within a few milliseconds when it is asked to, except inside
// a single long step of its own.
constexpr auto patience = 75ms;
constexpr size_t stack_bytes = 512 * 1024;
/// Realms become garbage by the thousand; they are collected while nobody
/// waits.
constexpr int collect_every = 200;

const JSClass global_class = {"global",
                              JSCLASS_GLOBAL_FLAGS,
                              &JS::DefaultGlobalClassOps,
                              nullptr,
                              nullptr,
                              nullptr};

class javascript final : public engine {
 public:
  explicit javascript(JSContext* cx) : cx_(cx) {
    JS_SetContextPrivate(cx_, this);
    JS_AddInterruptCallback(cx_, [](JSContext* cx) {
      return !static_cast<javascript*>(JS_GetContextPrivate(cx))->stopped_;
    });
  }

  reply run(const request& what, watchdog& guard) override {
    stopped_ = false;
    guard.arm(std::chrono::milliseconds(what.head.limit_ms), patience);
    auto out = evaluate(what);
    bool late = guard.disarm();
    JS_ResetInterruptCallback(cx_, false);
    if (out.status == evaluators::frame_status::value)
      return out;
    collect_ = true;
    if (late)
      out.status = evaluators::frame_status::timed_out;
    return out;
  }

  void stop() override {
    stopped_ = true;
    JS_RequestInterruptCallback(cx_);
  }

  void tidy() override {
    if (++evaluations_ % collect_every != 0 && !std::exchange(collect_, false))
      return;
    stopped_ = false;
    JS_GC(cx_);
  }

 private:
  // Runs the program in a realm of its own, which is dropped with all its
  // changes.
  reply evaluate(const request& what) {
    JS::RealmOptions options;
    options.creationOptions()
        .setSharedMemoryAndAtomicsEnabled(false)
        .setDefineSharedArrayBufferConstructor(false)
        .setWeakRefsEnabled(JS::WeakRefSpecifier::Disabled);
    JS::RootedObject global(cx_, JS_NewGlobalObject(cx_, &global_class, nullptr,
                                                    JS::FireOnNewGlobalHook,
                                                    options));
    if (!global)
      return failed("out of memory");
    JSAutoRealm entered(cx_, global);
    wide_integers wide;
    std::string rewritten;
    auto input = wide.read(what.input, rewritten);
    if (!wide.past_64_bits().empty())
      return failed(past_64_bits(wide));
    json_out out(what.head.result_bytes_max, &wide);
    if (what.head.what == evaluators::frame_task::check) {
      if (compile(what.source))
        return {evaluators::frame_status::value, "null"};
    } else if (evaluate_in(global, what.source, input, out)) {
      return {evaluators::frame_status::value, std::move(out.text())};
    }
    if (!JS_IsExceptionPending(cx_) && !out.ok())
      return failed(out.complaint());
    return take_error();
  }

  bool compile(std::string_view source) {
    return bool(stencils_.find(cx_, source));
  }

  bool evaluate_in(JS::HandleObject global, std::string_view source,
                   std::string_view json, json_out& out) {
    auto stencil = stencils_.find(cx_, source);
    if (!stencil)
      return false;
    JS::RootedValue input(cx_), result(cx_);
    if (!read_input(json, &input)
        || (names_host_method(source) && !add_host_methods(cx_, input))
        || !JS_DefineProperty(cx_, global, "$", input, JSPROP_ENUMERATE))
      return false;
    JS::RootedScript script(cx_, JS::InstantiateGlobalStencil(
                                     cx_, JS::InstantiateOptions(), stencil));
    return script && JS_ExecuteScript(cx_, script, &result)
           && write_result(cx_, result, out);
  }

  bool read_input(std::string_view json, JS::MutableHandleValue out) {
    JS::RootedString text(
        cx_, JS_NewStringCopyUTF8N(
                 cx_, JS::UTF8Chars(json.data(), uint32_t(json.size()))));
    return text && JS_ParseJSON(cx_, text, out);
  }

  reply take_error() {
    JS::ExceptionStack thrown(cx_);
    if (!JS_IsExceptionPending(cx_)
        || !JS::StealPendingExceptionStack(cx_, &thrown))
      return failed("it was stopped");
    JS::ErrorReportBuilder report(cx_);
    if (!report.init(cx_, thrown, JS::ErrorReportBuilder::WithSideEffects)) {
      JS_ClearPendingException(cx_);
      return failed("it failed without a message");
    }
    auto line = report.report() ? report.report()->lineno : 0;
    std::string message;
    if (thrown.exception().isString()) {
      JS::RootedString text(cx_, thrown.exception().toString());
      if (!to_utf8(cx_, text, message))
        JS_ClearPendingException(cx_);
    } else if (report.toStringResult().c_str()) {
      message = report.toStringResult().c_str();
      constexpr std::string_view prefix = "uncaught exception: ";
      if (message.starts_with(prefix))
        message.erase(0, prefix.size());
    }
    return failed(std::move(message), line);
  }

  JSContext* cx_;
  stencil_cache stencils_;
  std::atomic<bool> stopped_{false};
  bool collect_ = false;
  int evaluations_ = 0;
};

} // namespace javascript_detail

std::unique_ptr<engine> make_javascript(size_t memory_bytes) {
  using namespace javascript_detail;
  if (!JS_Init())
    return {};
  auto* cx = JS_NewContext(uint32_t(memory_bytes));
  if (!cx)
    return {};
  // No generated code: the process may not map executable pages, and small
  // programs end before it would pay.
  for (auto option : {JSJITCOMPILER_BASELINE_INTERPRETER_ENABLE,
                      JSJITCOMPILER_BASELINE_ENABLE, JSJITCOMPILER_ION_ENABLE,
                      JSJITCOMPILER_NATIVE_REGEXP_ENABLE})
    JS_SetGlobalJitCompilerOption(cx, option, 0);
  JS::ContextOptionsRef(cx).setWasm(false).setAsmJS(false);
  JS_SetGCParameter(cx, JSGC_MAX_BYTES, uint32_t(memory_bytes));
  // Otherwise a full heap counts as "out of memory" until this time has passed
  // since the last collection.
  JS_SetGCParameter(cx, JSGC_MIN_LAST_DITCH_GC_PERIOD, 0);
  JS_SetNativeStackQuota(cx, stack_bytes);
  // Without job queues an `await` would crash. They are never drained: a job
  // would run outside of every limit.
  if (!js::UseInternalJobQueues(cx) || !JS::InitSelfHostedCode(cx))
    return {};
  return std::make_unique<javascript>(cx);
}

} // namespace tutti::evaluator
