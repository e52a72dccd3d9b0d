#include <string>
namespace shapes {
/// A rectangle.
template <typename T>
class Rect : public Shape {
public:
    explicit Rect(T width) : width_(width) {}
    ~Rect() = default;
    /// How large.
    T size() const noexcept override { return width_; }
    double scaled(double by) const;
    Rect &operator+=(const Rect &other) { return *this; }
    static int count;
private:
    T width_;
};
template <typename T>
double Rect<T>::scaled(double by) const { return by; }
std::string &name_of(const Rect<int> &rect) { return x; }
using Pair = std::pair<int, int>;
enum class Kind { One, Two };
auto lambda = [](int a) { return a; };
constexpr int Limit = 10;
struct Point { int x, y; };
}
